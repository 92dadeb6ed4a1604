// SPDX-License-Identifier: Apache-2.0

/// The signs a picture in text is drawn with.
public enum LineStyle: Hashable, Sendable {
  /// Box-drawing characters of Unicode.
  case unicode
  /// `+`, `-` and `|`, for terminals and logs without Unicode.
  case ascii

  var corners: (topLeft: String, topRight: String, bottomLeft: String, bottomRight: String) {
    self == .unicode ? ("┌", "┐", "└", "┘") : ("+", "+", "+", "+")
  }
  var horizontal: String { self == .unicode ? "─" : "-" }
  var vertical: String { self == .unicode ? "│" : "|" }

  /// Text in the style's characters: ASCII has no middle dot and no times sign.
  func text(_ text: String) -> String {
    guard self == .ascii else { return text }
    return String(
      text.map { character -> Character in
        switch character {
        case "·": "-"
        case "×": "x"
        case "…": "~"
        default: character.isASCII ? character : "?"
        }
      })
  }
}

/// A rectangle of text: lines that are to be drawn one below the other.
struct TextBlock {
  var lines: [String]

  var width: Int { lines.map(\.count).max() ?? 0 }

  init(lines: [String]) { self.lines = lines }

  /// Pieces in a row, broken into lines of at most `width` characters where a piece fits.
  init(wrapping pieces: [String], separator: String, width: Int) {
    lines = []
    var line = ""
    for (index, piece) in pieces.enumerated() {
      let part = index + 1 < pieces.count ? piece + separator : piece
      if !line.isEmpty, line.count + part.trimmedEnd.count > width {
        lines.append(line.trimmedEnd)
        line = ""
      }
      line += part
    }
    if !line.isEmpty { lines.append(line.trimmedEnd) }
  }

  /// Blocks side by side, in as many rows as `width` asks for.
  init(flowing blocks: [TextBlock], width: Int) {
    lines = []
    var row: [TextBlock] = []
    var rowWidth = 0
    for block in blocks {
      if !row.isEmpty, rowWidth + 1 + block.width > width {
        lines += Self.beside(row)
        (row, rowWidth) = ([], 0)
      }
      rowWidth += block.width + (row.isEmpty ? 0 : 1)
      row.append(block)
    }
    lines += Self.beside(row)
  }

  private static func beside(_ blocks: [TextBlock]) -> [String] {
    let height = blocks.map(\.lines.count).max() ?? 0
    let widths = blocks.map(\.width)
    return (0..<height).map { row in
      zip(blocks, widths).map { block, width in
        (row < block.lines.count ? block.lines[row] : "").padded(to: width)
      }.joined(separator: " ").trimmedEnd
    }
  }

  /// The block in a box with a title in the upper edge.
  func boxed(_ title: String, _ style: LineStyle) -> TextBlock {
    let inner = Swift.max(width + 2, title.count + 2)
    let corners = style.corners
    let rest = String(repeating: style.horizontal, count: inner - title.count - 2)
    let top = corners.topLeft + " " + title + " " + rest + corners.topRight
    let bottom =
      corners.bottomLeft + String(repeating: style.horizontal, count: inner) + corners.bottomRight
    let body = lines.map {
      "\(style.vertical) \($0.padded(to: inner - 2)) \(style.vertical)"
    }
    return TextBlock(lines: [top] + body + [bottom])
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  fileprivate var trimmedEnd: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
