// SPDX-License-Identifier: Apache-2.0

extension Document {
  /// The document as text for a terminal, no line wider than the style allows if words permit.
  public func terminal(_ style: TerminalStyle) -> String {
    var lines: [String] = []
    for block in blocks {
      switch block {
      case .title(let text):
        lines += Self.wrapped(text, style.width).map { Self.painted($0, .bold, style) }
      case .heading(let text):
        lines += [""] + Self.wrapped(text, style.width).map { Self.painted($0, .bold, style) }
      case .line(let text): lines += Self.wrapped(text, style.width)
      case .fact(let name, let text): lines += Self.wrapped("\(name): \(text)", style.width)
      case .alarm(let text):
        lines += Self.wrapped("!! \(text)", style.width).map { Self.painted($0, .red, style) }
      case .list(let items):
        for item in items { lines += Self.wrapped("- \(item)", style.width, hanging: 2) }
      case .table(let table): lines += [""] + Self.text(table, style)
      case .figure, .source, .fold: continue
      }
    }
    return lines.map { $0.trimmedAtEnd }.joined(separator: "\n") + "\n"
  }

  private enum Paint: String {
    case bold = "1"
    case faint = "2"
    case red = "31;1"
    case green = "32;1"
  }

  private static func painted(_ text: String, _ paint: Paint, _ style: TerminalStyle) -> String {
    style.color && !text.isEmpty ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }

  private static func text(_ table: Table, _ style: TerminalStyle) -> [String] {
    let widths = table.columns.indices.map { table.width(of: $0) }
    func padded(_ text: String, _ column: Int) -> String {
      let space = String(repeating: " ", count: max(0, widths[column] - text.count))
      return table.columns[column].isNumber ? space + text : text + space
    }
    let header = table.columns.indices.map { padded(table.columns[$0].header, $0) }
    var lines = table.caption.isEmpty ? [] : [painted(table.caption, .bold, style)]
    lines.append(painted(header.joined(separator: "  "), .faint, style))
    for row in table.rows {
      let fields = row.indices.map { index in
        paint(padded(row[index].text, index), row[index].emphasis, style)
      }
      lines.append(fields.joined(separator: "  "))
    }
    return lines
  }

  private static func paint(
    _ text: String, _ emphasis: Table.Emphasis, _ style: TerminalStyle
  ) -> String {
    switch emphasis {
    case .none: text
    case .best: painted(text, .green, style)
    case .faint: painted(text, .faint, style)
    case .alarm: painted(text, .red, style)
    case .heat(let level): heated(text, level, style)
    }
  }

  /// The tints of a heat map in the 256 colours: pale, under black text.
  private static let tints = [153, 255, 223, 216, 209]

  private static func heated(_ text: String, _ level: Int, _ style: TerminalStyle) -> String {
    guard style.color, tints.indices.contains(level) else { return text }
    return "\u{1b}[30;48;5;\(tints[level])m\(text)\u{1b}[0m"
  }

  /// Breaks at spaces; a longer word keeps its line.
  static func wrapped(_ text: String, _ width: Int, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging) + word
      } else {
        line = line.isEmpty ? String(word) : "\(line) \(word)"
      }
    }
    return lines + [line]
  }
}

extension String {
  /// Without trailing spaces, which editors and diffs mark.
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
