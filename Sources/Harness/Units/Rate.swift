// SPDX-License-Identifier: Apache-2.0

/// A whole number of messages per second, written as `200/s`, `50k/s` or `1.5M/s`.
public struct Rate: Hashable, Comparable, Sendable {
  public let perSecond: Int

  /// - Precondition: `perSecond` is positive.
  public init(perSecond: Int) {
    precondition(perSecond > 0, "a rate is positive")
    self.perSecond = perSecond
  }

  /// - Throws: `HarnessError` (`unit`) naming the spelling that would have been right.
  public init(parsing text: String) throws(HarnessError) {
    let value = try? ExactQuantity(text, units: Self.units).value
    guard let value, value > 0 else {
      throw HarnessError(
        .unit, "`\(text)` is not a rate",
        remedy: "write a positive number and /s, k/s or M/s, such as 50k/s")
    }
    perSecond = value
  }

  public static func < (left: Rate, right: Rate) -> Bool { left.perSecond < right.perSecond }

  static let units: [ExactQuantity.Unit] = [
    .init("/s", 1), .init("k/s", 1000), .init("M/s", 1_000_000), .init("G/s", 1_000_000_000),
  ]
}

extension Rate: CustomStringConvertible {
  /// The shortest exact form: 50000 is `50k/s`.
  public var description: String { ExactQuantity.text(perSecond, units: Self.units) }
}
