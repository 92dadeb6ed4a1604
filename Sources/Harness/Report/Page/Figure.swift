// SPDX-License-Identifier: Apache-2.0

/// A picture of a page: drawn already, coloured by the page's style.
public struct Figure: Hashable, Sendable {
  struct Entry: Hashable {
    let label: String
    let look: ChartLook
  }

  let title: String
  /// What the picture leaves out, or how to read it; empty for nothing.
  let remark: String
  /// Empty where the picture explains itself.
  let legend: [Entry]
  /// The `svg` element.
  let svg: String
  /// Whether it needs the width of two.
  let isWide: Bool

  func html() -> String {
    let caption = remark.isEmpty ? "" : "<p>\(Markup.escaped(remark))</p>"
    let items = legend.enumerated().map { index, entry in
      "<li data-s=\"\(index)\">\(entry.look.sample)\(Markup.escaped(entry.label))</li>"
    }
    let list = items.isEmpty ? "" : "<ul class=\"legend\">\(items.joined())</ul>"
    return "<figure class=\"\(isWide ? "wide" : "half")\"><figcaption>\(Markup.escaped(title))"
      + "</figcaption><div class=\"frame\">\(svg)</div>\(list)\(caption)</figure>\n"
  }
}

/// How a series is drawn: a colour of the page, a dash and a mark, so that it reads without colour too.
struct ChartLook: Hashable {
  /// A class of the page's style.
  let color: String
  var dash = 0
  /// Nil for a line without points.
  var mark: Int?

  private static let dashes = ["", "6 3", "2 3", "8 3 2 3"]

  /// The look that gnuplot's pictures have, in the page's colours.
  init(_ look: Plot.Look) {
    color = Plot.Look.colors.firstIndex(of: look.color).map { "c\($0)" } ?? "roof"
    dash = Plot.Look.dashes.firstIndex(of: look.dash) ?? 2
    mark = Plot.Look.marks.firstIndex(of: look.mark)
  }

  init(color: String, mark: Int? = nil) {
    self.color = color
    self.mark = mark
  }

  var dashArray: String {
    let dash = Self.dashes[dash % Self.dashes.count]
    return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
  }

  /// Circle, square, triangle and diamond, filled and then open.
  func point(_ x: Double, _ y: Double) -> String {
    guard let mark else { return "" }
    let n = Markup.number
    let fill = isOpen ? "o" : "f"
    let path =
      switch mark % 4 {
      case 0:
        "M\(n(x - 3.2)) \(n(y))a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z"
      case 1: "M\(n(x - 3)) \(n(y - 3))h6v6h-6z"
      case 2: "M\(n(x)) \(n(y - 3.8))l3.8 6.6h-7.6z"
      default: "M\(n(x)) \(n(y - 4))l4 4l-4 4l-4 -4z"
      }
    return "<path class=\"\(fill)\" d=\"\(path)\""
  }

  var isOpen: Bool { (mark ?? 0) >= 4 }

  /// The same marks as one subpath, small enough for a thousand of them.
  func small(_ x: Double, _ y: Double) -> String {
    let n = Markup.number
    return switch (mark ?? 0) % 4 {
    case 0: "M\(n(x - 2.4)) \(n(y))a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0z"
    case 1: "M\(n(x - 2)) \(n(y - 2))h4v4h-4z"
    case 2: "M\(n(x)) \(n(y - 3))l3 5h-6z"
    default: "M\(n(x)) \(n(y - 3))l3 3l-3 3l-3-3z"
    }
  }

  /// The line and mark of a legend.
  var sample: String {
    let mark = point(13, 7)
    let line = dotted ? "" : "<path class=\"l\"\(dashArray) d=\"M1 7H25\"/>"
    return "<svg class=\"\(color)\" viewBox=\"0 0 26 14\" aria-hidden=\"true\">\(line)"
      + (mark.isEmpty ? "" : mark + "/>") + "</svg>"
  }

  /// Points without a line between them.
  var dotted = false
}
