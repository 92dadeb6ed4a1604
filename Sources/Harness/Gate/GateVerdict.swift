// SPDX-License-Identifier: Apache-2.0

/// What a gate says of a cell.
public enum GateVerdict: String, Codable, Hashable, Sendable, CaseIterable {
  /// The whole interval lies above the margin.
  case slower
  /// The whole interval lies below the margin on the other side.
  case faster
  /// The whole interval lies within the margin.
  case same
  case inconclusive
}

/// A ratio between two builds, from the pairs of their launches.
public struct GateEffect: Codable, Hashable, Sendable {
  /// Pairs of launches that ran in one regime.
  public var pairs: Int
  /// Natural logarithms of head over base: positive is slower. Nil without pairs.
  public var median: Double?
  /// The exact sign-test interval; nil when there are too few pairs for its level.
  public var low: Double?
  public var high: Double?
  /// Of the interval, for this cell alone; the gate's own is that of all cells and looks together.
  public var coverage: Double?

  enum CodingKeys: String, CodingKey {
    case pairs
    case median = "ln_ratio_median"
    case low = "ln_ratio_low"
    case high = "ln_ratio_high"
    case coverage
  }

  init(_ values: [Double], level: Double) {
    pairs = values.count
    median = Statistics.median(values)
    let interval = Statistics.signInterval(values, confidence: 1 - level)
    (low, high, coverage) = (interval?.low, interval?.high, interval?.coverage)
  }

  /// Half the width of the interval.
  var halfWidth: Double? {
    guard let low, let high else { return nil }
    return (high - low) / 2
  }

  /// Whether the interval lies within a margin.
  func isWithin(_ margin: Double) -> Bool {
    guard let low, let high else { return false }
    return low >= -margin && high <= margin
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(pairs, forKey: .pairs)
    try values.encode(median, forKey: .median)
    try values.encode(low, forKey: .low)
    try values.encode(high, forKey: .high)
    try values.encode(coverage, forKey: .coverage)
  }
}

/// What a gate knows of a cell.
public struct GateCellState: Codable, Hashable, Sendable {
  public var verdict = GateVerdict.inconclusive
  public var head: GateEffect
  /// The base against itself: the noise of this cell in this job.
  public var control: GateEffect
  /// Nanoseconds per message in the pairs that count, for a reader: the verdict comes from their ratios.
  public var baseCost: Double?
  public var headCost: Double?
  /// The chance of so many head launches beyond the margin if there were no such difference, times the
  /// cells that share the error (Holm).
  public var p: Double
  /// The logarithm of the ratio that matters here.
  public var margin: Double
  /// The look that decided it, from 1; nil while nothing has.
  public var look: Int?
  /// Whether the control is further off than half the margin.
  public var controlDiffers = false

  enum CodingKeys: String, CodingKey {
    case verdict, head, control
    case baseCost = "base_cost_ns"
    case headCost = "head_cost_ns"
    case p = "p_holm"
    case margin = "ln_margin"
    case look
    case controlDiffers = "control_differs"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(verdict, forKey: .verdict)
    try values.encode(head, forKey: .head)
    try values.encode(control, forKey: .control)
    try values.encode(baseCost, forKey: .baseCost)
    try values.encode(headCost, forKey: .headCost)
    try values.encode(p, forKey: .p)
    try values.encode(margin, forKey: .margin)
    try values.encode(look, forKey: .look)
    try values.encode(controlDiffers, forKey: .controlDiffers)
  }

  /// An effect whose interval, as wide as the control's, would just clear the margin; nil when unknown.
  public var detectable: Double? { control.halfWidth.map { margin + $0 } }
}
