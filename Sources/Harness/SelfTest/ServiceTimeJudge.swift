// SPDX-License-Identifier: Apache-2.0

/// Whether the harness recovers service times that are known: those of a store that takes, for each
/// message, a time drawn from a distribution.
///
/// Two steps, so that neither sampling nor the host's stalls blur the second: the times that were drawn
/// must follow the closed form within what chance allows, and what the harness reports must be the times
/// that the store then took, stalls included, within a histogram's error and the cost of the clock.
public struct ServiceTimeJudge: Sendable {
  let test: SelfTestCase
  let distribution: ServiceDistribution
  static let check = "service times"

  static let quantiles: [(name: String, quantile: Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999),
  ]

  /// - Parameter distribution: of half a round trip, which is what a ping-pong records.
  public init(_ test: SelfTestCase, _ distribution: ServiceDistribution) {
    self.test = test
    self.distribution = distribution
  }

  private var store: String { test.cell.cell.store }

  private var margin: QuantileBracket.Margin {
    .init(test, clockReads: Self.clockReads, unoptimised: 5_000)
  }

  /// The harness's two stamps, the calls between them and the store's, and the store's last look.
  private static let clockReads = 8.0

  public func rows() -> [SelfTestRow] {
    if let refusal = test.refusal(Self.check, store) { return [refusal] }
    let truths = test.completeTruths ?? []
    return Self.quantiles.map { row($0.name, $0.quantile, truths) }
      + [countRow(truths), scriptRow(truths), clockRow(truths)]
  }

  // MARK: What the harness reports

  private func row(
    _ name: String, _ quantile: Double, _ truths: [LaunchTruth]
  ) -> SelfTestRow {
    var row = SelfTestRow(
      Self.check, "\(store) \(name)", expected: "", found: "-", verdict: .unavailable,
      cells: [test.cell.cell.id])
    guard let (value, isMedian) = reported(quantile) else {
      row.note = "too few messages for \(name)"
      return row
    }
    guard let bracket = bracket(quantile, truths, isMedian: isMedian) else { return row }
    row.expected = SelfTestText.time(bracket.value)
    row.found = SelfTestText.time(value)
    row.verdict = bracket.holds(value, margin) ? .held : .missed
    row.note =
      "\(SelfTestText.signed(value - bracket.value)) ns; drawn "
      + SelfTestText.time(distribution.quantile(quantile))
    return row
  }

  /// What a reader of the run would take for the percentile, and whether it is a median of launches.
  private func reported(_ quantile: Double) -> (value: Double, isMedian: Bool)? {
    guard let latency = test.summary.metrics.latency else { return nil }
    let estimate: PercentileEstimate
    switch quantile {
    case 0.5: estimate = latency.p50
    case 0.99: estimate = latency.p99
    case 0.999: estimate = latency.p999
    default:
      // Not in a table, but in what every table is made from.
      let merged = LatencyHistogram(test.cell.samples.flatMap(\.latency))
      return merged.value(at: quantile).map { ($0, false) }
    }
    return estimate.value.map { ($0, estimate.method == .launchMedian) }
  }

  private func bracket(
    _ quantile: Double, _ truths: [LaunchTruth], isMedian: Bool
  ) -> QuantileBracket? {
    let each = truths.map { truth in truth.operations.map { $0.taken / 2 } }
    let slack = 1 + (countDifferences(truths).map(abs).max() ?? 0)
    if isMedian {
      return .median(
        each.compactMap { QuantileBracket(sorted: $0.sorted(), quantile: quantile, slack: slack) })
    }
    let all = each.flatMap { $0 }.sorted()
    return QuantileBracket(sorted: all, quantile: quantile, slack: slack * truths.count)
  }

  // MARK: How many there were

  /// Messages at the beginning and at the end of the measured phase whose phase the two may see
  /// differently.
  private static let edgeCount = 2

  private func countDifferences(_ truths: [LaunchTruth]) -> [Int] {
    zip(test.cell.samples, truths).map { sample, truth in
      Int(sample.latency.reduce(0) { $0 + $1.count }) - truth.operations.count
    }
  }

  private func countRow(_ truths: [LaunchTruth]) -> SelfTestRow {
    let made = truths.reduce(0) { $0 + $1.operations.count }
    let differences = countDifferences(truths)
    let unrecorded = truths.reduce(0) { $0 + $1.unrecorded }
    let held = unrecorded == 0 && differences.allSatisfy { abs($0) <= Self.edgeCount }
    return SelfTestRow(
      Self.check, "\(store) count", expected: Figures.grouped(made),
      found: Figures.grouped(made + differences.reduce(0, +)), verdict: held ? .held : .missed,
      note: unrecorded == 0 ? "" : "\(unrecorded) operations were not recorded by the store",
      cells: [test.cell.cell.id])
  }

  // MARK: What the store did

  /// Standard deviations that a sample quantile may lie away: one self-test in a million alarms by
  /// chance.
  private static let deviations = 5.0

  /// Whether the drawn times follow the closed form, and were taken.
  private func scriptRow(_ truths: [LaunchTruth]) -> SelfTestRow {
    let operations = truths.flatMap(\.operations)
    let drawn = operations.map { $0.scripted / 2 }.sorted()
    let outside = Self.quantiles.filter { !isPlausible($0.quantile, drawn) }
    // The median of what was added: one that is late now and then does not move it.
    let late = Statistics.median(operations.map { $0.taken - $0.scripted }) ?? 0
    let most = margin.added + distribution.quantile(0.5) * 0.01
    let held = outside.isEmpty && late >= 0 && late <= most && !drawn.isEmpty
    return SelfTestRow(
      Self.check, "\(store) script", expected: "the closed form, and taken",
      found: outside.isEmpty ? "followed" : "not at \(outside.map(\.name).joined(separator: ", "))",
      verdict: held ? .held : .missed,
      note: "\(Figures.grouped(drawn.count)) draws; mostly \(SelfTestText.signed(late)) ns late",
      cause: test.disturbance(beyond: distribution.quantile(0.5)), cells: [test.cell.cell.id])
  }

  /// Whether a quantile of the draws is one that chance gives: the closed form lies between two of
  /// their order statistics.
  private func isPlausible(_ quantile: Double, _ drawn: [Double]) -> Bool {
    let n = Double(drawn.count)
    let spread = Self.deviations * (quantile * (1 - quantile) * n).squareRoot() + 1
    guard
      let bracket = QuantileBracket(
        sorted: drawn, quantile: quantile, slack: Int(spread.rounded(.up)))
    else { return false }
    // What is scripted travels in whole ticks of the clock.
    return bracket.holds(distribution.quantile(quantile), .init(added: 1))
  }

  /// The kernel steers its clock by at most 500 parts in a million.
  private static let clockShare = 0.001

  /// Whether a second of the clock is one: all other times are relative to it.
  private func clockRow(_ truths: [LaunchTruth]) -> SelfTestRow {
    let measured = truths.reduce(0) { $0 + $1.elapsed.measured }
    let monotonic = truths.reduce(0) { $0 + $1.elapsed.monotonic }
    let held = monotonic > 0 && abs(measured / monotonic - 1) <= Self.clockShare
    return SelfTestRow(
      Self.check, "\(store) clock", expected: SelfTestText.time(monotonic),
      found: SelfTestText.time(measured), verdict: held ? .held : .missed,
      note: "\(SelfTestText.signed((measured / max(monotonic, 1) - 1) * 1e6)) ppm",
      cells: [test.cell.cell.id])
  }
}
