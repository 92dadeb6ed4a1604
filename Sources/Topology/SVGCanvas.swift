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
    case title, label, fixed, centered, edge
  }

  /// Who brings the colours.
  enum Dress {
    /// The picture itself, light, on paper of its own.
    case own
    /// The picture itself, too, but it stands in a page, and so has no head of its own.
    case fragment
    /// The page it is put into.
    case page
  }

  private var markup: String
  private let width: Int

  /// Where PUs were drawn, by logical index, for lines between them.
  var centres: [Int: (x: Int, y: Int)] = [:]

  init(width: Int, height: Int, title: String, dress: Dress = .own) {
    self.width = width
    let frame = "viewBox=\"0 0 \(width) \(height)\" role=\"img\""
    let size = "width=\"\(width)\" height=\"\(height)\""
    switch dress {
    case .page:
      markup = "<svg class=\"machine\" \(frame) style=\"max-width:\(width)px\">\n"
      markup += "<title>\(Self.escaped(title))</title>\n"
    case .own, .fragment:
      markup = dress == .own ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : ""
      markup += """
        <svg xmlns="http://www.w3.org/2000/svg" class="weir" \(size) \(frame)>
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.styles)
        </style>
        <rect x="0" y="0" width="\(width)" height="\(height)"/>

        """
    }
  }

  /// By class: those of a fragment hold for the whole page it stands in.
  private static let styles = """
    .weir rect{stroke:#555;stroke-width:1;fill:#ffffff}
    .weir rect.package{fill:#f4f4f4}
    .weir rect.numa{fill:#efe3cf}
    .weir rect.l3{fill:#e3ecf7}
    .weir rect.core{fill:#dcdcdc}
    .weir rect.forbidden{fill:#f6dcdc;stroke:#b00;stroke-dasharray:3 2}
    .weir rect.producer{fill:#cfe3f5;stroke-width:2}
    .weir rect.customer{fill:#f9dcc4;stroke-width:2}
    .weir rect.both{fill:#e8d5ef;stroke-width:2}
    .weir rect.segment{stroke:#008f6b;stroke-width:3}
    \(heatStyles)
    .weir text{font:11px sans-serif;fill:#111}
    .weir text.title{font-weight:bold}
    .weir text.centered{text-anchor:middle}
    .weir text.fixed{font-family:monospace;white-space:pre}
    .weir text.edge{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px}
    .weir path.hatch{stroke:#888;stroke-width:1;fill:none}
    .weir path.edge{stroke:#1f4e8c;stroke-width:1.5;fill:none}
    .weir path.unverified{stroke-dasharray:4 3}
    """

  private static let heatStyles = HeatMap.fills.enumerated().map { level, fill in
    ".weir rect.heat\(level){fill:\(fill)}"
  }.joined(separator: "\n")

  /// - Parameter classes: what the box is, which decides its colours.
  mutating func box(_ box: Box, classes: [String], hint: String) {
    let name = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    markup += "<rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" "
    markup += "height=\"\(box.height)\" rx=\"2\"\(name)>"
    markup += "<title>\(Self.escaped(hint))</title></rect>\n"
  }

  /// Strokes over a box that mark it without colour; lines, because a pattern needs a name that would
  /// have to be unique in the page.
  mutating func hatch(_ box: Box) {
    let step = 8
    let strokes = stride(from: step, to: box.width + box.height, by: step).map { offset in
      let (startX, startY) = (min(offset, box.width), max(0, offset - box.width))
      let (endX, endY) = (max(0, offset - box.height), min(offset, box.height))
      return "M\(box.x + startX) \(box.y + startY)L\(box.x + endX) \(box.y + endY)"
    }
    markup += "<path class=\"hatch\" d=\"\(strokes.joined())\"/>\n"
  }

  /// A bent line between two points with its label at the bend.
  ///
  /// - Parameter labelY: where the bend is; below both points.
  mutating func edge(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), labelY: Int, label: String,
    hint: String, isVerified: Bool
  ) {
    let middle = (x: (start.x + end.x) / 2, y: (start.y + end.y) / 2)
    // A cubic curve with both handles at one height passes at three quarters of it.
    let handleY = middle.y + (labelY - middle.y) * 4 / 3
    // Both ends in one place: a loop, or nothing would be seen.
    let spread = start == end ? 40 : 0
    let curve =
      "M\(start.x) \(start.y)C\(middle.x - spread) \(handleY) \(middle.x + spread) \(handleY) "
      + "\(end.x) \(end.y)"
    let mark = isVerified ? "" : " unverified"
    markup += "<path class=\"edge\(mark)\" d=\"\(curve)\">"
    markup += "<title>\(Self.escaped(hint))</title></path>\n"
    // A label of PUs at the picture's side stays within it.
    let half = Self.width(of: label) / 2
    text(label, x: max(half, min(middle.x, width - half)), y: labelY, style: .edge)
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
