// SPDX-License-Identifier: Apache-2.0

/// The samples of some launches in order, exact as stored: for curves, which read many quantiles.
struct LatencyCurve {
  private let values: [UInt64]
  /// How many samples are at most the value of the same index.
  private let upTo: [UInt64]

  let count: Int
  var maximum: Double { Double(values[values.count - 1]) }

  /// - Returns: nil when there are no samples.
  init?(_ launches: [[LatencyHistogram.Pair]]) {
    var counts: [UInt64: UInt64] = [:]
    for pair in launches.joined() where pair.count > 0 {
      counts[pair.nanoseconds, default: 0] += pair.count
    }
    values = counts.keys.sorted()
    var sum: UInt64 = 0
    upTo = values.map { value in
      sum += counts[value] ?? 0
      return sum
    }
    guard sum > 0 else { return nil }
    count = Int(sum)
  }

  /// The smallest value that at least this share of the samples does not exceed.
  func value(at quantile: Double) -> Double {
    let rank = max(1, min(UInt64(count), UInt64((quantile * Double(count)).rounded(.up))))
    var (low, high) = (0, upTo.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if upTo[middle] >= rank { high = middle } else { low = middle + 1 }
    }
    return Double(values[low])
  }
}
