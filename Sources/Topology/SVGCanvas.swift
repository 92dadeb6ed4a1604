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

  private var markup: String
  private let width: Int

  /// Where PUs were drawn, by logical index, for lines between them.
  var centres: [Int: (x: Int, y: Int)] = [:]

  /// - Parameter isFragment: whether it is to stand in a page, and so has no head of its own.
  init(width: Int, height: Int, title: String, isFragment: Bool = false) {
    self.width = width
    markup = isFragment ? "" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    // Styles by class: those of a fragment hold for the whole page it stands in.
    markup += """
      <svg xmlns="http://www.w3.org/2000/svg" class="weir" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img">
      <title>\(Self.escaped(title))</title>
      <style>
      .weir rect{stroke:#555;stroke-width:1}
      .weir rect.forbidden{stroke:#b00;stroke-dasharray:3 2}
      .weir text{font:11px sans-serif;fill:#111}
      .weir text.title{font-weight:bold}
      .weir text.centered{text-anchor:middle}
      .weir text.fixed{font-family:monospace;white-space:pre}
      .weir text.edge{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px}
      .weir path.hatch{stroke:#888;stroke-width:1;fill:none}
      .weir path.edge{stroke:#1f4e8c;stroke-width:1.5;fill:none}
      .weir path.unverified{stroke-dasharray:4 3}
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
