// SPDX-License-Identifier: Apache-2.0

/// The one number of a cell that people look for: p50 of a time, throughput of a stream.
struct HeadlineValue {
  let value: Double
  /// Not a number where there is no interval.
  let low: Double
  let high: Double
  /// Whether few samples lie beyond a percentile, so that it may only be hinted at.
  let isWeak: Bool

  var hasInterval: Bool { low.isFinite && high.isFinite }

  /// Nil when the cell has no such number.
  init?(_ cell: RunCell) {
    if cell.cell.measuresTime {
      guard let p50 = cell.summary.metrics.felt?.p50, let value = p50.value else { return nil }
      (self.value, low, high) = (value, p50.low ?? .nan, p50.high ?? .nan)
      isWeak = p50.support == .weak
    } else {
      guard let rate = cell.summary.metrics.bytesPerSecond else { return nil }
      (value, low, high) = (rate.value, rate.low ?? .nan, rate.high ?? .nan)
      isWeak = false
    }
  }
}
