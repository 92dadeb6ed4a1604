// SPDX-License-Identifier: Apache-2.0

/// What the harness itself costs a message: at most two readings of the clock.
public struct NullCostJudge: Sendable {
  let test: SelfTestCase
  static let check = "null store"
  /// Readings of the clock.
  static let most = 2.0

  public init(_ test: SelfTestCase) { self.test = test }

  public func row() -> SelfTestRow {
    let cell = test.cell.cell
    var row = SelfTestRow(
      Self.check, cell.workload, expected: "at most \(Figures.text(Self.most)) clock reads",
      found: "-", verdict: .unavailable, cells: [cell.id])
    guard test.isRelease else {
      row.note = "a debug build's loops cost more than what they measure"
      return row
    }
    guard let cost = cost(cell), let read = test.clockReadCost, read > 0 else {
      row.verdict = .missed
      row.note = test.summary.reason ?? "nothing was measured"
      return row
    }
    row.found = "\(Figures.text(cost / read)) clock reads"
    row.note = "\(SelfTestText.time(cost)) a message, \(SelfTestText.time(read)) a clock read"
    row.verdict = cost <= Self.most * read ? .held : .missed
    row.cause = test.disturbance(beyond: cell.measure.seconds * 1e9 * 0.01)
    return row
  }

  /// Nanoseconds a message: what a ping-pong takes for a round trip, and what a stream needs in all.
  private func cost(_ cell: Cell) -> Double? {
    let metrics = test.summary.metrics
    if cell.latency == .halfRoundTrip { return metrics.latency?.p50.value.map { $0 * 2 } }
    return metrics.messagesPerSecond.map { 1e9 / $0.value }
  }
}
