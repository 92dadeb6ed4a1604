// SPDX-License-Identifier: Apache-2.0

/// One percentile of a cell, with what it rests on.
///
/// When each launch has enough samples by itself, the value is the median of the launches'
/// percentiles, which its interval covers; otherwise it is read from the merged histogram and has
/// no interval. Percentiles are never averaged.
public struct PercentileEstimate: Codable, Hashable, Sendable {
  public enum Method: String, Codable, Sendable {
    case launchMedian = "launch-median"
    case merged
  }

  /// Nil when even the merged histogram has fewer than ten samples beyond the percentile.
  public let value: Double?
  public let low: Double?
  public let high: Double?
  public let coverage: Double?
  public let method: Method
  /// The same percentile of all samples together; one bad launch shows here.
  public let merged: Double?
  public let support: PercentileSupport
  /// Samples expected beyond the percentile, all launches together.
  public let exceedances: Int

  enum CodingKeys: String, CodingKey {
    case value, low, high, coverage, method, merged, support, exceedances
  }

  /// - Parameters:
  ///   - quantile: between 0 and 1.
  ///   - launches: one histogram per launch that has samples.
  ///   - all: their merge.
  init(quantile: Double, launches: [LatencyHistogram], all: LatencyHistogram) {
    exceedances = PercentileSupport.exceedances(quantile: quantile, count: all.count)
    support = PercentileSupport(quantile: quantile, count: all.count)
    let shown = support != .unsupported
    merged = shown ? all.value(at: quantile) : nil
    let alone = launches.allSatisfy {
      PercentileSupport(quantile: quantile, count: $0.count) != .unsupported
    }
    let each = launches.compactMap { $0.value(at: quantile) }
    if shown, alone, let estimate = Estimate(launches: each) {
      method = .launchMedian
      value = estimate.value
      (low, high, coverage) = (estimate.low, estimate.high, estimate.coverage)
    } else {
      method = .merged
      value = merged
      (low, high, coverage) = (nil, nil, nil)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(value, forKey: .value)
    try values.encode(low, forKey: .low)
    try values.encode(high, forKey: .high)
    try values.encode(coverage, forKey: .coverage)
    try values.encode(method, forKey: .method)
    try values.encode(merged, forKey: .merged)
    try values.encode(support, forKey: .support)
    try values.encode(exceedances, forKey: .exceedances)
  }
}
