// SPDX-License-Identifier: Apache-2.0

/// A comparison as people read it.
public struct ComparisonReport {
  private let comparison: Comparison

  public init(_ comparison: Comparison) { self.comparison = comparison }

  public func document() -> Document {
    var document = Document()
    document.add(.title(title))
    for alarm in comparison.alarms { document.add(.alarm(alarm)) }
    document.add(.table(table))
    if !comparison.refused.isEmpty {
      document.add(.heading("Not compared"))
      document.add(.list(comparison.refused))
    }
    document.add(.heading("How to read this"))
    document.add(.list(legend))
    return document
  }

  private var title: String {
    comparison.method == .paired
      ? "by \(comparison.subject), against \(comparison.reference)"
      : "\(comparison.subject) against \(comparison.reference)"
  }

  private var table: Table {
    let labels = CellLabels(comparison.rows.map(\.cell))
    let isNormalised = comparison.method == .normalised
    let columns: [Table.Column] = [
      .word("cell"), .word("metric"), .number("reference"), .number("value"),
      .number(isNormalised ? "ratio of shares" : "ratio"), .number("launches"), .word("in words"),
    ]
    let rows = comparison.rows.map { row in
      [
        Table.Field(labels.label(of: row.cell)), Table.Field(row.metric.label),
        Table.Field(row.metric.text(cost: row.referenceCost, row.cell)),
        Table.Field(row.metric.text(cost: row.cost, row.cell)),
        Table.Field(Self.text(row.effect.ratio, row.effect.low, row.effect.high)),
        Table.Field(row.effect.launches.map(String.init).joined(separator: "+")),
        Table.Field(
          isNormalised ? "no verdict" : Self.words(row), Self.emphasis(row, isNormalised)),
      ]
    }
    return Table(caption: labels.common, columns: columns, rows: rows)
  }

  /// Says how many times only where the interval leaves equality out.
  static func words(_ row: Comparison.Row) -> String {
    let effect = row.effect
    guard effect.isResolved, let low = effect.low, let high = effect.high else {
      return effect.low == nil ? "too few launches" : "no difference resolved"
    }
    if effect.ratio > 1 {
      return "\(row.subject) is \(factor(effect.ratio, low, high)) slower than \(row.reference)"
    }
    return
      "\(row.subject) is \(factor(1 / effect.ratio, 1 / high, 1 / low)) faster than \(row.reference)"
  }

  private static func factor(_ ratio: Double, _ low: Double, _ high: Double) -> String {
    "\(Figures.text(ratio))× [\(Figures.text(low)), \(Figures.text(high))]"
  }

  private static func text(_ ratio: Double, _ low: Double?, _ high: Double?) -> String {
    guard let low, let high else { return Figures.text(ratio) }
    return "\(Figures.text(ratio)) [\(Figures.text(low)), \(Figures.text(high))]"
  }

  private static func emphasis(_ row: Comparison.Row, _ isNormalised: Bool) -> Table.Emphasis {
    guard row.effect.isResolved, !isNormalised else { return .faint }
    return row.effect.ratio > 1 ? .none : .best
  }

  private var legend: [String] {
    let method =
      switch comparison.method {
      case .paired:
        "Ratios are of cost per message, the median of pairs of launches of the same round that ran in one regime, "
          + "with the exact 95 % sign-test interval: below 1 is faster."
      case .unpaired:
        "Ratios are of cost per message, below 1 is faster: the Hodges-Lehmann estimate over all pairs of launches, "
          + "with the exact 95 % rank-sum interval. It covers the launches within the two runs and not what changed "
          + "on the host between them: only `weir gate` gives a verdict."
      case .normalised:
        "Ratios are of costs per message as multiples of each machine's own limit, below 1 is nearer to it; intervals "
          + "take the limits as exact."
      }
    return [method]
  }
}
