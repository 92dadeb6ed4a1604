// SPDX-License-Identifier: Apache-2.0

/// One log-log picture of a metric against message size, a line for each store and serializer.
struct Plot: Hashable {
  struct Point: Hashable {
    let size: Int
    let value: Double
    /// Equal to the value where there is no interval.
    let low: Double
    let high: Double
  }

  struct Line: Hashable {
    let label: String
    let look: Look
    let points: [Point]
  }

  /// How a line is drawn: the store chooses the colour, the serializer dash and mark.
  struct Look: Hashable {
    let color: String
    let dash: Int
    let mark: Int

    static let roof = Look(color: "#888888", dash: 3, mark: 0)
    static let ringRoof = Look(color: "#444444", dash: 2, mark: 0)
    /// Okabe and Ito's palette for all kinds of colour vision, without its yellow, and three more.
    static let colors = [
      "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b",
      "#7a7a00", "#8a2be2",
    ]
    /// Gnuplot's filled and open circle, square, triangle, diamond.
    static let marks = [7, 5, 9, 13, 6, 4, 8, 12]
    static let dashes = [1, 2, 4, 5]

    init(color: String, dash: Int, mark: Int) {
      self.color = color
      self.dash = dash
      self.mark = mark
    }

    init(store: Int, serializer: Int) {
      color = Self.colors[store % Self.colors.count]
      dash = Self.dashes[serializer % Self.dashes.count]
      mark = Self.marks[serializer % Self.marks.count]
    }
  }

  /// File name without extension.
  let name: String
  let title: String
  /// Machine and commit.
  let source: String
  /// What the picture leaves out; empty for nothing.
  let remark: String
  let axis: String
  let quantity: Quantity
  let lines: [Line]

  /// Gnuplot data: a block per line of size, value, low and high.
  var data: String {
    lines.map { line in
      let rows = line.points.map { "\($0.size)\t\($0.value)\t\($0.low)\t\($0.high)" }
      return (["# \(line.label)"] + rows).joined(separator: "\n")
    }.joined(separator: "\n\n\n") + "\n"
  }

  var sizes: [Int] { Set(lines.flatMap { $0.points.map(\.size) }).sorted() }
}
