// SPDX-License-Identifier: Apache-2.0

/// What a column measures, which decides the units it may be printed in.
public enum Quantity: Sendable {
  /// Nanoseconds.
  case time
  /// Messages per second.
  case messageRate
  /// Bytes per second, in powers of 1000 as memory vendors and networks count.
  case bandwidth

  var steps: [(label: String, divisor: Double)] {
    switch self {
    case .time: [("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)]
    case .messageRate: [("/s", 1), ("k/s", 1e3), ("M/s", 1e6), ("G/s", 1e9)]
    case .bandwidth: [("B/s", 1), ("kB/s", 1e3), ("MB/s", 1e6), ("GB/s", 1e9), ("TB/s", 1e12)]
    }
  }
}

/// The unit of one table column: the same for all its values, unless they are worlds apart.
public struct ColumnUnit: Sendable {
  /// Beyond this ratio a shared unit would print 0.0007 beside 700, or worse.
  static let widestRatio = 2000.0

  /// Nil when every value carries its own unit.
  public let label: String?
  private let quantity: Quantity
  private let divisor: Double?

  /// Chooses the unit in which the (lower) median of the column is at least 1.
  public init(_ quantity: Quantity, for values: [Double]) {
    self.quantity = quantity
    let positive = values.filter { $0 > 0 && $0.isFinite }.sorted()
    guard let low = positive.first, let high = positive.last, high / low <= Self.widestRatio else {
      label = positive.isEmpty ? quantity.steps[0].label : nil
      divisor = positive.isEmpty ? quantity.steps[0].divisor : nil
      return
    }
    let step = Self.step(quantity, for: positive[(positive.count - 1) / 2])
    label = step.label
    divisor = step.divisor
  }

  public func text(_ value: Double) -> String {
    if let divisor { return Figures.text(value / divisor) }
    let step = Self.step(quantity, for: value)
    return "\(Figures.text(value / step.divisor)) \(step.label)"
  }

  /// A value with its interval, both in the value's unit: `71.2 [70.8, 72.0]`.
  public func text(_ value: Double, low: Double, high: Double) -> String {
    let step = divisor.map { ("", $0) } ?? Self.step(quantity, for: value)
    let ends = [low, high].map { Figures.text($0 / step.1) }.joined(separator: ", ")
    let unit = step.0.isEmpty ? "" : " \(step.0)"
    return "\(Figures.text(value / step.1))\(unit) [\(ends)]"
  }

  /// Adds the unit to a header: `p50` becomes `p50 µs`.
  public func header(_ name: String) -> String { label.map { "\(name) \($0)" } ?? name }

  private static func step(_ quantity: Quantity, for value: Double) -> (
    label: String, divisor: Double
  ) {
    quantity.steps.last { value >= $0.divisor } ?? quantity.steps[0]
  }
}

extension ColumnUnit {
  /// A value with its unit, where no header has it: `71.2 µs`.
  func labelled(_ value: Double) -> String {
    label.map { "\(text(value)) \($0)" } ?? text(value)
  }
}
