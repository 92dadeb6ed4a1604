// SPDX-License-Identifier: Apache-2.0

/// Looks for the highest rate that holds: fourfold steps from the lowest until one does not, then
/// bisection of the logarithm between the last that held and the first that did not.
///
/// Rates that are sustained and slow are passed by until one holds: ends that sleep between two messages are
/// woken for each, and hold a bound at ten times the rate. Otherwise rests on a rate that does not hold below
/// a higher one that would being due to chance; callers make sure of a miss before they tell.
public struct RateSearch: Sendable {
  /// What a rate came to.
  public enum Outcome: Sendable {
    case held
    /// It was sustained, and missed the bound.
    case slow
    /// It was not sustained, or could not be tried: higher ones are not either.
    case beyond
  }

  public let lowest: Rate
  /// The end of the search when it is near enough to the other: 0.05 is five percent.
  public let tolerance: Double
  public private(set) var held: Rate?
  /// The lowest that did not hold above those that did, or that was beyond.
  public private(set) var missed: Rate?
  /// The highest that was slow before any held.
  public private(set) var sparse: Rate?

  static let growth = 4.0
  /// Rates between a slow one and one beyond are tried down to this ratio of the two.
  static let narrowestGap = 1.5
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
    guard let low = held ?? sparse else { return missed == nil ? lowest : nil }
    guard let missed else { return Self.step(from: low) }
    let isOver =
      held == nil
      ? Double(missed.perSecond) <= Double(low.perSecond) * Self.narrowestGap : isNarrow
    return isOver ? nil : Self.middle(low, missed)
  }

  public mutating func note(_ rate: Rate, _ outcome: Outcome) {
    switch outcome {
    case .held: held = max(held ?? rate, rate)
    case .slow where held == nil: sparse = max(sparse ?? rate, rate)
    case .slow, .beyond: missed = min(missed ?? rate, rate)
    }
  }

  private static func step(from rate: Rate) -> Rate? {
    let next = min(rounded(Double(rate.perSecond) * growth), highest)
    return next > rate ? next : nil
  }

  /// Nil between neighbours of three digits.
  private static func middle(_ low: Rate, _ high: Rate) -> Rate? {
    let rate = rounded((Double(low.perSecond) * Double(high.perSecond)).squareRoot())
    return rate > low && rate < high ? rate : nil
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
