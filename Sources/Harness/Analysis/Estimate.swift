// SPDX-License-Identifier: Apache-2.0

/// The median of launches with its interval.
public struct Estimate: Codable, Hashable, Sendable {
  public let value: Double
  /// Nil when there are too few launches for the confidence.
  public let low: Double?
  public let high: Double?
  /// Exact coverage of the interval.
  public let coverage: Double?

  /// - Returns: nil for no launches.
  public init?(launches: [Double]) {
    guard let median = Statistics.median(launches) else { return nil }
    let interval = Statistics.signInterval(launches)
    self.init(value: median, interval: interval)
  }

  init(value: Double, interval: Interval?) {
    self.value = value
    low = interval?.low
    high = interval?.high
    coverage = interval?.coverage
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(value, forKey: .value)
    try values.encode(low, forKey: .low)
    try values.encode(high, forKey: .high)
    try values.encode(coverage, forKey: .coverage)
  }

  private enum CodingKeys: String, CodingKey { case value, low, high, coverage }
}
