// SPDX-License-Identifier: Apache-2.0

/// Writes SVG elements; the only place that makes markup, and so the only one that escapes.
struct SVGCanvas {
  struct Box {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
  }

  enum TextStyle: String {
    case title, label, fixed, centered
  }

  private var markup: String

  init(width: Int, height: Int, title: String) {
    markup = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img">
      <title>\(Self.escaped(title))</title>
      <style>
      rect{stroke:#555;stroke-width:1}
      rect.forbidden{stroke:#b00;stroke-dasharray:3 2}
      text{font:11px sans-serif;fill:#111}
      text.title{font-weight:bold}
      text.centered{text-anchor:middle}
      text.fixed{font-family:monospace;white-space:pre}
      </style>
      <rect x="0" y="0" width="\(width)" height="\(height)" fill="#ffffff"/>

      """
  }

  mutating func box(_ box: Box, fill: String, hint: String, isForbidden: Bool = false) {
    let mark = isForbidden ? " class=\"forbidden\"" : ""
    markup += "<rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" "
    markup += "height=\"\(box.height)\" rx=\"2\" fill=\"\(fill)\"\(mark)>"
    markup += "<title>\(Self.escaped(hint))</title></rect>\n"
  }

  mutating func text(_ text: String, x: Int, y: Int, style: TextStyle) {
    markup += "<text class=\"\(style.rawValue)\" x=\"\(x)\" y=\"\(y)\" xml:space=\"preserve\">"
    markup += "\(Self.escaped(text))</text>\n"
  }

  /// Units that a text takes at most: seven a character is wide enough for 11 px sans-serif, bold
  /// and monospaced too.
  static func width(of text: String) -> Int { text.count * 7 }

  func finish() -> String { markup + "</svg>\n" }

  /// Text as XML character data: the five special characters, and no character XML forbids.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\t", "\n", "\r": result += " "
      case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default:
        let isControl = scalar.properties.generalCategory == .control
        result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
      }
    }
  }
}
