// SPDX-License-Identifier: Apache-2.0

extension Document {
  /// The document as one HTML file that needs nothing else: no network, no fonts, and a script only for
  /// what is extra: sorting, hiding a line of a picture, and the choice of dark or light.
  public func html() -> String {
    var page = PageWriter()
    for block in blocks { page.add(block) }
    return page.finish()
  }
}

/// Writes blocks one after the other; sections and rows of pictures open and close as they come.
struct PageWriter {
  private var title = ""
  private var header = ""
  private var body = ""
  private var contents: [String] = []
  private var run = Run.none
  private var isInSection = false

  /// What is open: neighbours of a kind share a frame.
  private enum Run { case none, facts, figures }

  mutating func add(_ block: Document.Block) {
    switch block {
    case .figure: enter(.figures)
    case .fact: enter(.facts)
    default: enter(.none)
    }
    switch block {
    case .title(let text):
      title = text
      header = "<h1>\(Markup.escaped(text))</h1>"
    case .heading(let text):
      body += isInSection ? "</section>\n" : ""
      isInSection = true
      contents.append(text)
      body += "<section id=\"s\(contents.count)\"><h2>\(Markup.escaped(text))</h2>\n"
    case .line(let text): body += "<p>\(Markup.prose(text))</p>\n"
    case .fact(let name, let text):
      body += "<dt>\(Markup.escaped(name))</dt><dd>\(Markup.prose(text))</dd>\n"
    case .alarm(let text): body += "<p class=\"alarm\" role=\"alert\">\(Markup.escaped(text))</p>\n"
    case .list(let items):
      body +=
        "<ul class=\"notes\">\(items.map { "<li>\(Markup.prose($0))</li>" }.joined())</ul>\n"
    case .table(let table): body += Self.html(table)
    case .figure(let figure): body += figure.html()
    case .source(let text): body += "<pre>\(Self.lines(text))</pre>\n"
    case .fold(let name, let blocks):
      body += "<details><summary>\(Markup.escaped(name))</summary>\n"
      for block in blocks { add(block) }
      enter(.none)
      body += "</details>\n"
    }
  }

  private mutating func enter(_ next: Run) {
    guard next != run else { return }
    switch run {
    case .none: break
    case .facts: body += "</dl>\n"
    case .figures: body += "</div>\n"
    }
    switch next {
    case .none: break
    case .facts: body += "<dl>\n"
    case .figures: body += "<div class=\"figures\">\n"
    }
    run = next
  }

  /// Escaping turns control characters into spaces, and these lines are to stay.
  private static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Markup.escaped(String($0)) }.joined(separator: "\n")
  }

  private static func html(_ table: Table) -> String {
    let caption =
      table.caption.isEmpty
      ? "" : "<caption><span>\(Markup.escaped(table.caption))</span></caption>"
    let heads = table.columns.map {
      "<th scope=\"col\"\($0.isNumber ? " class=\"n\"" : "")>\(Markup.escaped($0.header))</th>"
    }
    let rows = table.rows.map { row in
      "<tr>" + zip(row, table.columns).map { cell($0, isNumber: $1.isNumber) }.joined() + "</tr>\n"
    }
    // What scrolls must be reachable by keyboard.
    return "<div class=\"scroll\" tabindex=\"0\"><table>\(caption)<thead><tr>\(heads.joined())</tr>"
      + "</thead>\n<tbody>\(rows.joined())</tbody></table></div>\n"
  }

  private static func cell(_ field: Table.Field, isNumber: Bool) -> String {
    let emphasis =
      switch field.emphasis {
      case .none, .heat: ""
      case .best: "best"
      case .faint: "faint"
      case .alarm: "bad"
      }
    let classes = [isNumber ? "n" : "", emphasis].filter { !$0.isEmpty }
    let name = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    // An empty field has no rank: it sorts last either way.
    let rank = field.text.isEmpty ? nil : field.rank
    let value = rank.map { $0.isFinite ? " data-v=\"\($0)\"" : "" } ?? ""
    return "<td\(name)\(value)>\(Markup.escaped(field.text))</td>"
  }

  mutating func finish() -> String {
    enter(.none)
    body += isInSection ? "</section>\n" : ""
    let links = contents.enumerated().map { index, text in
      "<li><a href=\"#s\(index + 1)\">\(Markup.escaped(text))</a></li>"
    }
    let list =
      links.isEmpty
      ? ""
      : "<details class=\"contents\"><summary>Contents</summary><ol>\(links.joined())</ol></details>"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Markup.escaped(title))</title>
      <style>
      \(PageStyle.text)
      </style>
      </head>
      <body>
      <header>\(header)<button type="button" id="theme" hidden></button></header>
      <main>
      \(list)
      \(body)</main>
      <script>
      \(PageScript.text)
      </script>
      </body>
      </html>

      """
  }
}
