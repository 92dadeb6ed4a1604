// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Effect sizes between cells, each against its reference.
public struct Comparison: Encodable, Sendable {
  public static let schema = "weir-compare/1"

  public enum Method: String, Codable, Sendable {
    /// Launches of the same round of one run.
    case paired
    /// Launches of two runs.
    case unpaired
    /// Shares of each machine's own limits, which no verdict follows from.
    case normalised
  }

  public var method: Method
  /// What stands first, such as a store or a file, and what is compared with it.
  public var reference: String
  public var subject: String
  public var rows: [Row] = []
  /// What was not compared, and why.
  public var refused: [String] = []
  /// What must not be overlooked.
  public var alarms: [String] = []

  /// One cell against its reference.
  public struct Row: Encodable, Sendable {
    public var cell: Cell
    /// What it is compared with, such as `shm`.
    public var reference: String
    public var subject: String
    public var metric: PrimaryMetric
    /// Nanoseconds per message.
    public var referenceCost: Double
    public var cost: Double
    public var effect: Effect

    private enum CodingKeys: String, CodingKey {
      case id, reference, subject, metric, effect
      case referenceCost = "reference_cost_ns"
      case cost = "cost_ns"
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(cell.id, forKey: .id)
      try values.encode(reference, forKey: .reference)
      try values.encode(subject, forKey: .subject)
      try values.encode(metric, forKey: .metric)
      try values.encode(effect, forKey: .effect)
      try values.encode(referenceCost, forKey: .referenceCost)
      try values.encode(cost, forKey: .cost)
    }
  }

  /// Cost over the reference's cost: above 1 is slower.
  public struct Effect: Encodable, Hashable, Sendable {
    public var ratio: Double
    /// Nil with too few launches for 95 %.
    public var low: Double?
    public var high: Double?
    public var coverage: Double?
    /// Pairs, or launches of both sides.
    public var launches: [Int]

    /// - Parameters:
    ///   - logarithm: of the ratio.
    ///   - factor: multiplies ratio and interval.
    init(logarithm: Double, interval: Interval?, launches: [Int], factor: Double = 1) {
      ratio = exp(logarithm) * factor
      low = interval.map { exp($0.low) * factor }
      high = interval.map { exp($0.high) * factor }
      coverage = interval?.coverage
      self.launches = launches
    }

    /// Whether the interval leaves equality out.
    public var isResolved: Bool {
      guard let low, let high else { return false }
      return low > 1 || high < 1
    }

    private enum CodingKeys: String, CodingKey { case ratio, low, high, coverage, launches }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(ratio, forKey: .ratio)
      try values.encode(low, forKey: .low)
      try values.encode(high, forKey: .high)
      try values.encode(coverage, forKey: .coverage)
      try values.encode(launches, forKey: .launches)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case schema, method, reference, subject, rows, refused, alarms
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schema, forKey: .schema)
    try values.encode(method, forKey: .method)
    try values.encode(reference, forKey: .reference)
    try values.encode(subject, forKey: .subject)
    try values.encode(rows, forKey: .rows)
    try values.encode(refused, forKey: .refused)
    try values.encode(alarms, forKey: .alarms)
  }
}

/// Why two things are not compared, in one line with the remedy.
public struct ComparisonRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
