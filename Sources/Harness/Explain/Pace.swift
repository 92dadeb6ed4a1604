// SPDX-License-Identifier: Apache-2.0

/// Nanoseconds per message, so that rates and latencies compare alike.
struct Pace: Hashable {
  let value: Double
  /// Nil when there are too few launches for an interval.
  let low: Double?
  let high: Double?
  /// The launches that are compared, ascending.
  let launches: [Double]

  /// What a message takes where that is the cell's number; where a rate is, the time between two
  /// messages at one customer.
  ///
  /// - Returns: nil for a cell that is not ok or has no such number.
  init?(_ cell: RunCell, regimes: Regimes) {
    guard cell.status == .ok else { return nil }
    let compared = regimes.comparable(cell.samples.filter { $0.errors.isEmpty }) { $0.link }
    if cell.cell.measuresTime {
      guard let p50 = cell.summary.metrics.felt?.p50, let value = p50.value else { return nil }
      self.value = value
      (low, high) = (p50.low, p50.high)
      launches = compared.map { $0.response.isEmpty ? $0.latency : $0.response }
        .compactMap { LatencyCurve([$0])?.value(at: 0.5) }.sorted()
    } else {
      guard cell.cell.latency != .nothing, let rate = cell.summary.metrics.messagesPerSecond,
        rate.value > 0
      else { return nil }
      let scale = 1e9 * Double(cell.cell.customers)
      value = scale / rate.value
      low = rate.high.flatMap { $0 > 0 ? scale / $0 : nil }
      high = rate.low.flatMap { $0 > 0 ? scale / $0 : nil }
      launches = compared.compactMap { $0.messageRate(everything: false) }
        .compactMap { $0 > 0 ? scale / $0 : nil }.sorted()
    }
  }

  /// The two could be told apart if they differed.
  func isComparable(to other: Pace) -> Bool {
    low != nil && high != nil && other.low != nil && other.high != nil
      || Self.separationOdds(launches.count, other.launches.count) <= Self.significance
  }

  /// Whether this is slower beyond doubt: the intervals do not overlap, or, where one is missing,
  /// every launch of the one is slower than every launch of the other, and there are enough of them
  /// for that not to be chance.
  func isSlower(than other: Pace) -> Bool {
    guard isComparable(to: other) else { return false }
    if let low, high != nil, other.low != nil, let high = other.high { return low > high }
    guard let fastest = launches.first, let slowest = other.launches.last else { return false }
    return fastest > slowest
  }

  /// Whether the launches of both mingle, which needs no statistics to say.
  func mingles(with other: Pace) -> Bool {
    guard let first = launches.first, let last = launches.last, let start = other.launches.first,
      let end = other.launches.last
    else { return true }
    return first <= end && start <= last
  }

  /// As for intervals: one false difference in twenty.
  private static let significance = 0.05

  /// The chance that so many launches of two equal cells are completely separated.
  ///
  /// Source: H. B. Mann, D. R. Whitney, 1947: of all orders of the n + m values, all equally likely,
  /// two are complete.
  static func separationOdds(_ n: Int, _ m: Int) -> Double {
    let orders = (0..<min(n, m)).reduce(1.0) { $0 * Double(n + m - $1) / Double($1 + 1) }
    return min(1, 2 / orders)
  }

  var text: String { CellEvidence.interval(.time, value, low, high) }
}

extension Cell {
  /// Whether the number to look for is a time; a throughput otherwise.
  var measuresTime: Bool { load != .closed || ![.oneWay, .nothing].contains(latency) }
}
