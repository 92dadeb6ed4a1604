// SPDX-License-Identifier: Apache-2.0

/// A table as a value; terminal, Markdown and page show the same one.
public struct Table: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    public let header: String
    /// Words stand left, numbers right.
    public let isNumber: Bool

    static func word(_ header: String) -> Column { .init(header: header, isNumber: false) }
    static func number(_ header: String) -> Column { .init(header: header, isNumber: true) }
  }

  /// What a colour would stress; the text says the same without one.
  public enum Emphasis: Hashable, Sendable {
    case none, best, faint, alarm
    /// One step of a heat map, from 0, the best, to `HeatMap.levels - 1`.
    case heat(Int)
  }

  public struct Field: Hashable, Sendable {
    public var text: String
    public var emphasis: Emphasis
    /// What a column is sorted by where the text, with its units, would mislead; nil for the text.
    public var rank: Double?

    public init(_ text: String, _ emphasis: Emphasis = .none, rank: Double? = nil) {
      self.text = text
      self.emphasis = emphasis
      self.rank = rank
    }
  }

  public let caption: String
  public var columns: [Column]
  public var rows: [[Field]]

  /// - Precondition: every row has a field for every column.
  public init(caption: String, columns: [Column], rows: [[Field]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row has a field per column")
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  /// The same table without columns in which no row says anything.
  func withoutEmptyColumns() -> Table {
    let kept = columns.indices.filter { index in rows.contains { !$0[index].text.isEmpty } }
    return Table(
      caption: caption, columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { row[$0] } })
  }

  /// Tables of at most so many columns that repeat the leading ones.
  func split(leading: Int, width: Int) -> [Table] {
    let rest = columns.indices.dropFirst(leading)
    var parts: [[Int]] = []
    var used = 0
    let head = (0..<leading).reduce(0) { $0 + self.width(of: $1) + 2 }
    for index in rest {
      let needed = self.width(of: index) + 2
      if parts.isEmpty || head + used + needed > width {
        parts.append([])
        used = 0
      }
      parts[parts.count - 1].append(index)
      used += needed
    }
    return parts.map { part in
      let kept = Array(0..<leading) + part
      return Table(
        caption: caption, columns: kept.map { columns[$0] },
        rows: rows.map { row in kept.map { row[$0] } })
    }
  }

  /// Characters that a column needs.
  func width(of column: Int) -> Int {
    rows.reduce(columns[column].header.count) { max($0, $1[column].text.count) }
  }
}
