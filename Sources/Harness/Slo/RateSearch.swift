// SPDX-License-Identifier: Apache-2.0

/// Looks for the highest rate that holds: fourfold steps from the lowest until one does not, then
/// bisection of the logarithm between the last that held and the first that did not.
///
/// Rests on a rate that does not hold below a higher one that would being due to chance; callers make
/// sure of a miss before they tell.
public struct RateSearch: Sendable {
  public let lowest: Rate
  /// The end of the search when it is near enough to the other: 0.05 is five percent.
  public let tolerance: Double
  public private(set) var held: Rate?
  public private(set) var missed: Rate?

  static let growth = 4.0
  /// Ten nanoseconds apart: no generator keeps it.
  static let highest = Rate(perSecond: 100_000_000)

  /// - Precondition: `tolerance` is positive.
  public init(lowest: Rate, tolerance: Double) {
    precondition(tolerance > 0, "an interval never becomes nothing")
    self.lowest = min(lowest, Self.highest)
    self.tolerance = tolerance
  }

  /// The rate to try; nil when the search is over.
  public var next: Rate? {
    switch (held, missed) {
    case (nil, nil): return lowest
    case (nil, .some): return nil
    case (.some(let held), nil):
      let rate = min(Self.rounded(Double(held.perSecond) * Self.growth), Self.highest)
      return rate > held ? rate : nil
    case (.some(let held), .some(let missed)):
      if isNarrow { return nil }
      let middle = (Double(held.perSecond) * Double(missed.perSecond)).squareRoot()
      let rate = Self.rounded(middle)
      // Between neighbours of three digits there is nothing left.
      return rate > held && rate < missed ? rate : nil
    }
  }

  public mutating func note(_ rate: Rate, holds: Bool) {
    if holds {
      held = max(held ?? rate, rate)
    } else {
      missed = min(missed ?? rate, rate)
    }
  }

  /// Whether the answer lies in an interval as narrow as the tolerance.
  public var isNarrow: Bool {
    guard let held, let missed else { return false }
    return Double(missed.perSecond) <= Double(held.perSecond) * (1 + tolerance)
  }

  /// Three significant digits, for people.
  static func rounded(_ perSecond: Double) -> Rate {
    Rate(perSecond: max(1, Int(Figures.round(perSecond, digits: 3))))
  }
}
