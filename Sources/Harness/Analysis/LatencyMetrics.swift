// SPDX-License-Identifier: Apache-2.0

/// The latencies of a cell, in nanoseconds.
public struct LatencyMetrics: Codable, Hashable, Sendable {
  public let kind: LatencyKind
  /// Samples of all launches.
  public let n: Int
  public let p50: PercentileEstimate
  public let p99: PercentileEstimate
  public let p999: PercentileEstimate
  public let minimum: Double
  public let maximum: Double
  /// Samples above an hour, which percentiles count as one hour.
  public let overflow: Int

  enum CodingKeys: String, CodingKey {
    case kind, n, p50, p99
    case p999 = "p99_9"
    case minimum = "min"
    case maximum = "max"
    case overflow
  }

  /// - Parameter launches: the recorded pairs of each launch.
  /// - Returns: nil when nothing was recorded.
  public init?(kind: LatencyKind, launches: [[LatencyHistogram.Pair]]) {
    let histograms = launches.filter { !$0.isEmpty }.map { LatencyHistogram($0) }
    var all = LatencyHistogram()
    for pairs in launches { all.add(pairs) }
    guard let minimum = all.minimum, let maximum = all.maximum else { return nil }
    self.kind = kind
    n = all.count
    p50 = PercentileEstimate(quantile: 0.5, launches: histograms, all: all)
    p99 = PercentileEstimate(quantile: 0.99, launches: histograms, all: all)
    p999 = PercentileEstimate(quantile: 0.999, launches: histograms, all: all)
    self.minimum = Double(minimum)
    self.maximum = Double(maximum)
    overflow = Int(all.overflow)
  }
}
