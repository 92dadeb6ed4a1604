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

  /// Who brings the colours.
  enum Dress {
    /// The picture itself, light, on paper of its own.
    case own
    /// The page it is put into.
    case page
  }

  private var markup: String

  init(width: Int, height: Int, title: String, dress: Dress = .own) {
    let frame = "viewBox=\"0 0 \(width) \(height)\" role=\"img\""
    let size = "width=\"\(width)\" height=\"\(height)\""
    switch dress {
    case .page:
      markup = "<svg class=\"machine\" \(frame) style=\"max-width:\(width)px\">\n"
      markup += "<title>\(Self.escaped(title))</title>\n"
    case .own:
      markup = """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" \(size) \(frame)>
        <title>\(Self.escaped(title))</title>
        <style>
        rect{stroke:#555;stroke-width:1;fill:#ffffff}
        rect.package{fill:#f4f4f4}
        rect.numa{fill:#efe3cf}
        rect.l3{fill:#e3ecf7}
        rect.core{fill:#dcdcdc}
        rect.forbidden{fill:#f6dcdc;stroke:#b00;stroke-dasharray:3 2}
        rect.producer{fill:#cfe3f5;stroke-width:2}
        rect.customer{fill:#f9dcc4;stroke-width:2}
        rect.both{fill:#e8d5ef;stroke-width:2}
        rect.segment{stroke:#008f6b;stroke-width:3}
        text{font:11px sans-serif;fill:#111}
        text.title{font-weight:bold}
        text.centered{text-anchor:middle}
        text.fixed{font-family:monospace;white-space:pre}
        </style>
        <rect x="0" y="0" width="\(width)" height="\(height)"/>

        """
    }
  }

  /// - Parameter classes: what the box is, which decides its colours.
  mutating func box(_ box: Box, classes: [String], hint: String) {
    let name = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    markup += "<rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" "
    markup += "height=\"\(box.height)\" rx=\"2\"\(name)>"
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
