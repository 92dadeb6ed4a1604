// SPDX-License-Identifier: Apache-2.0
import Histogram

/// Latencies of one launch or many, merged by counts; percentiles are read, never averaged.
///
/// There is no operation on percentiles on purpose: what can be combined is histograms.
public struct LatencyHistogram: Sendable {
  /// One recorded value and how often it came up.
  public struct Pair: Hashable, Sendable {
    public let nanoseconds: UInt64
    public let count: UInt64

    public init(nanoseconds: UInt64, count: UInt64) {
      self.nanoseconds = nanoseconds
      self.count = count
    }

    /// As a worker reports it.
    public var reported: [UInt64] { [nanoseconds, count] }
  }

  /// A message that took longer than an hour is a hang, not a latency.
  static let highestTrackable: UInt64 = 3_600_000_000_000

  private var histogram = Histogram<UInt64>(
    lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.highestTrackable,
    numberOfSignificantValueDigits: .three)
  /// Samples above an hour: in `count`, `minimum` and `maximum`, at the hour in percentiles.
  public private(set) var overflow: UInt64 = 0
  /// Exact, not rounded to a bucket; nil when empty.
  public private(set) var minimum: UInt64?
  public private(set) var maximum: UInt64?

  public init() {}

  public init(_ pairs: [Pair]) {
    add(pairs)
  }

  public var count: Int { Int(histogram.totalCount) }

  /// Adds the samples of another launch.
  public mutating func add(_ pairs: [Pair]) {
    for pair in pairs where pair.count > 0 {
      let clamped = min(pair.nanoseconds, Self.highestTrackable)
      if pair.nanoseconds > Self.highestTrackable { overflow += pair.count }
      let recorded = histogram.record(clamped, count: pair.count)
      precondition(recorded, "a value within the range is recorded")
      minimum = min(minimum ?? pair.nanoseconds, pair.nanoseconds)
      maximum = max(maximum ?? pair.nanoseconds, pair.nanoseconds)
    }
  }

  /// The value at a quantile between 0 and 1, within 0.1 %; nil when empty.
  public func value(at quantile: Double) -> Double? {
    guard let maximum, let minimum else { return nil }
    let value = histogram.valueAtPercentile(quantile * 100)
    // A bucket's upper end may lie beyond the largest sample.
    return Double(max(min(value, maximum), minimum))
  }
}
