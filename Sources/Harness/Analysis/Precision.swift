// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The number by which a cell is compared first, and on whose precision a budget is spent.
public enum PrecisionMetric: String, Codable, Sendable {
  case response = "response_ns.p50"
  case latency = "latency_ns.p50"
  case messageRate = "messages_per_s"
  case busyCores = "cores_busy"

  public init(_ cell: Cell) {
    if cell.load != .closed {
      self = .response
    } else {
      switch cell.latency {
      case .oneWay: self = .messageRate
      case .nothing: self = .busyCores
      case .halfRoundTrip, .perSend, .perGet: self = .latency
      }
    }
  }

  /// The value of one launch; nil when it has none.
  func value(_ record: LaunchRecord) -> Double? {
    switch self {
    case .response: LatencyHistogram(record.response).value(at: 0.5)
    case .latency: LatencyHistogram(record.latency).value(at: 0.5)
    case .messageRate: record.messageRate(everything: false)
    case .busyCores: record.busyCores
    }
  }

  /// The interval of all launches, as the tables print it.
  fileprivate func interval(_ metrics: CellMetrics) -> (low: Double, high: Double)? {
    let ends: (Double?, Double?) =
      switch self {
      case .response: (metrics.response?.p50.low, metrics.response?.p50.high)
      case .latency: (metrics.latency?.p50.low, metrics.latency?.p50.high)
      case .messageRate: (metrics.messagesPerSecond?.low, metrics.messagesPerSecond?.high)
      case .busyCores: (metrics.busyCores?.low, metrics.busyCores?.high)
      }
    guard let low = ends.0, let high = ends.1 else { return nil }
    return (low, high)
  }
}

/// How well a cell's primary metric is known, and what difference that is enough for.
///
/// The half-width of the sign interval of the metric's logarithm is `h`. The difference of two medians
/// that are equally well known has an interval about √2 times as wide, so that two cells, or the same
/// cell before and after a change, show a difference from `exp(√2 h) - 1` on. It is a rule of thumb for
/// planning, on the assumption of launches that are independent; `weir gate` tests.
public struct Precision: Codable, Hashable, Sendable {
  public let metric: PrecisionMetric
  /// Half the length of the interval in natural logarithms: about the share of the value.
  public let halfWidth: Double

  /// The smallest difference that would show, as a share: 0.02 is two percent.
  public var detectableEffect: Double { exp(2.0.squareRoot() * halfWidth) - 1 }

  /// - Returns: nil without an interval, which takes six launches, and for a value of nought.
  init?(metric: PrecisionMetric, low: Double, high: Double) {
    guard low > 0, high >= low, high.isFinite else { return nil }
    self.metric = metric
    halfWidth = log(high / low) / 2
  }

  enum CodingKeys: String, CodingKey {
    case metric
    case halfWidth = "half_width_ln"
    case detectableEffect = "detectable_effect"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    metric = try values.decode(PrecisionMetric.self, forKey: .metric)
    halfWidth = try values.decode(Double.self, forKey: .halfWidth)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(metric, forKey: .metric)
    try values.encode(halfWidth, forKey: .halfWidth)
    try values.encode(detectableEffect, forKey: .detectableEffect)
  }
}

extension RunCell {
  /// Nil for a cell without an interval.
  public var precision: Precision? {
    let metric = PrecisionMetric(cell)
    guard status == .ok, let ends = metric.interval(summary.metrics) else { return nil }
    return Precision(metric: metric, low: ends.low, high: ends.high)
  }
}

/// What differences a run is good for, over its cells that have numbers.
public struct DetectableEffect: Encodable, Hashable, Sendable {
  /// As shares; nil when no cell has an interval.
  public let median: Double?
  public let largest: Double?
  /// The cell of the largest.
  public let largestCell: String?
  public let cells: Int
  public let withoutInterval: Int

  enum CodingKeys: String, CodingKey {
    case median, largest
    case largestCell = "largest_cell"
    case cells
    case withoutInterval = "cells_without_interval"
  }

  init(_ cells: [RunCell]) {
    let usable = cells.filter { $0.status == .ok }
    let known = usable.compactMap { cell in
      cell.precision.map { (cell.cell.id, $0.detectableEffect) }
    }
    median = Statistics.median(known.map(\.1))
    let widest = known.max { $0.1 < $1.1 }
    largest = widest?.1
    largestCell = widest?.0
    self.cells = usable.count
    withoutInterval = usable.count - known.count
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(median, forKey: .median)
    try values.encode(largest, forKey: .largest)
    try values.encode(largestCell, forKey: .largestCell)
    try values.encode(cells, forKey: .cells)
    try values.encode(withoutInterval, forKey: .withoutInterval)
  }
}

extension Run {
  public var detectableEffect: DetectableEffect { DetectableEffect(cells) }
}
