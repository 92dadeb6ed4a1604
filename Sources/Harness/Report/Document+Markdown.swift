// SPDX-License-Identifier: Apache-2.0

extension Document {
  /// The document as GitHub-flavoured Markdown.
  public func markdown() -> String {
    var parts: [String] = []
    for block in blocks {
      switch block {
      case .title(let text): parts.append("# \(Self.escaped(text))")
      case .heading(let text): parts.append("## \(Self.escaped(text))")
      case .line(let text): parts.append(Self.escaped(text))
      case .fact(let name, let text): parts.append(Self.escaped("\(name): \(text)"))
      case .alarm(let text): parts.append("> **\(Self.escaped(text))**")
      case .list(let items):
        parts.append(items.map { "- \(Self.escaped($0))" }.joined(separator: "\n"))
      case .table(let table): parts.append(Self.text(table))
      case .figure, .source, .fold: continue
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func text(_ table: Table) -> String {
    let caption = table.caption.isEmpty ? [] : ["**\(escaped(table.caption))**", ""]
    let header = "| " + table.columns.map { escaped($0.header) }.joined(separator: " | ") + " |"
    let rule = "|" + table.columns.map { $0.isNumber ? "---:|" : ":---|" }.joined()
    let rows = table.rows.map { row in
      "| " + row.map { marked($0) }.joined(separator: " | ") + " |"
    }
    return (caption + [header, rule] + rows).joined(separator: "\n")
  }

  private static func marked(_ field: Table.Field) -> String {
    let text = escaped(field.text)
    return field.emphasis == .best && !text.isEmpty ? "**\(text)**" : text
  }

  /// Keeps a name from becoming markup or a column.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "|*_<>`~".contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
