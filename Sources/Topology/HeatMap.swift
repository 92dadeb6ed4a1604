// SPDX-License-Identifier: Apache-2.0

/// A grid of measured values, for pictures: rows are one thing, columns another.
public struct HeatMap: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    /// What stands in it; the colour only repeats that.
    public let text: String
    /// From 0, the best, to 1, the worst of what it is compared with; nil for no value.
    public let heat: Double?
    /// What hovering shows.
    public let hint: String
    /// False draws the cell hatched: the placement was not what was asked, or nobody could look.
    public let isVerified: Bool

    public init(text: String, heat: Double?, hint: String, isVerified: Bool) {
      self.text = text
      self.heat = heat
      self.hint = hint
      self.isVerified = isVerified
    }
  }

  public let title: String
  public let rows: [String]
  public let columns: [String]
  /// By row and column; nil where nothing was to be measured.
  public let cells: [[Cell?]]

  /// - Precondition: a row of cells for every row, with a cell for every column.
  public init(title: String, rows: [String], columns: [String], cells: [[Cell?]]) {
    precondition(
      cells.count == rows.count && cells.allSatisfy { $0.count == columns.count },
      "a grid has a cell for every row and column")
    self.title = title
    self.rows = rows
    self.columns = columns
    self.cells = cells
  }

  /// Steps of heat that pictures and terminals tell apart.
  public static let levels = 5

  /// The step of a heat, 0 to 4.
  public static func level(_ heat: Double) -> Int {
    min(levels - 1, max(0, Int((heat * Double(levels)).rounded(.down))))
  }

  /// From blue, near, to brown, far: the paper colours of the machine's picture, so that black text
  /// stays legible.
  static let fills = ["#e3ecf7", "#f4f4f4", "#efe3cf", "#ecd2ae", "#e6bd8c"]
}

/// Two PUs of a machine and what was measured between them, for the machine's picture.
public struct MachineEdge: Hashable, Sendable {
  /// Logical indices of PUs.
  public let from: Int
  public let to: Int
  public let label: String
  public let hint: String
  /// False draws the line dashed.
  public let isVerified: Bool

  public init(from: Int, to: Int, label: String, hint: String, isVerified: Bool) {
    self.from = from
    self.to = to
    self.label = label
    self.hint = hint
    self.isVerified = isVerified
  }
}
