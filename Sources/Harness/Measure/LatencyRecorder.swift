// SPDX-License-Identifier: Apache-2.0
internal import Histogram

/// Collects latencies in a worker, in a few nanoseconds each and without allocating.
///
/// High dynamic range histogram: three significant digits from 1 ns to an hour (G. Tene,
/// HdrHistogram). The buckets are made before the clock runs.
public struct LatencyRecorder: Sendable {
  private var histogram: Histogram<UInt64>
  private static let highestNanoseconds: UInt64 = 3_600_000_000_000

  public init() {
    histogram = Histogram(
      lowestDiscernibleValue: 1, highestTrackableValue: Self.highestNanoseconds,
      numberOfSignificantValueDigits: .three)
  }

  /// Counts one latency; values above an hour count as an hour.
  public mutating func record(nanoseconds: UInt64) {
    _ = histogram.record(min(nanoseconds, Self.highestNanoseconds))
  }

  /// Everything recorded, as (nanoseconds, count) with the values that stand for their buckets.
  public func pairs() -> [[UInt64]] {
    histogram.recordedValues().map { [$0.value, $0.count] }
  }
}
