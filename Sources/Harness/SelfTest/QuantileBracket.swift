// SPDX-License-Identifier: Apache-2.0

/// Between which values a percentile must lie, by the times that a store itself took.
struct QuantileBracket: Hashable {
  var low: Double
  var value: Double
  var high: Double

  /// - Parameters:
  ///   - times: ascending.
  ///   - slack: ranks by which the place of the percentile may differ, because store and harness may
  ///     disagree about a message at the edges of the measured phase, and on how to round a rank.
  init?(sorted times: [Double], quantile: Double, slack: Int) {
    guard !times.isEmpty else { return nil }
    let rank = Int((quantile * Double(times.count)).rounded())
    func time(_ rank: Int) -> Double { times[min(max(rank, 1), times.count) - 1] }
    (low, value, high) = (time(rank - slack), time(rank), time(rank + slack))
  }

  private init(low: Double, value: Double, high: Double) {
    (self.low, self.value, self.high) = (low, value, high)
  }

  /// Where the median of several launches' percentiles lies: the median grows with each of them.
  static func median(_ launches: [QuantileBracket]) -> QuantileBracket? {
    guard let low = Statistics.median(launches.map(\.low)),
      let value = Statistics.median(launches.map(\.value)),
      let high = Statistics.median(launches.map(\.high))
    else { return nil }
    return QuantileBracket(low: low, value: value, high: high)
  }

  /// Whether a reported value is this percentile.
  ///
  /// - Parameter margin: how much the harness may add or take away, in parts and in nanoseconds.
  func holds(_ reported: Double, _ margin: Margin) -> Bool {
    reported >= low * (1 - margin.share) - 1 && reported <= high * (1 + margin.share) + margin.added
  }

  /// What may lie between what a store took and what the harness reports of it.
  struct Margin: Hashable {
    /// Of the value, either way: a histogram of three digits rounds once in the worker and once when
    /// launches are merged, by 0.1 % each.
    var share = 0.002
    /// In nanoseconds, added only: the harness's stamps enclose the store's.
    var added: Double

    init(added: Double) { self.added = added }

    /// - Parameters:
    ///   - clockReads: what lies between the stamps, in readings of the clock.
    ///   - unoptimised: what the loops of a debug build put there besides, in nanoseconds.
    init(_ test: SelfTestCase, clockReads: Double, unoptimised: Double) {
      added = (test.clockReadCost ?? 0) * clockReads + (test.isRelease ? 0 : unoptimised)
    }
  }
}
