// SPDX-License-Identifier: Apache-2.0

/// A span of time in whole nanoseconds, written as `50us`, `200ms`, `1s`, `2min` or `1h`.
public struct Nanoseconds: Hashable, Comparable, Sendable {
  public let count: Int

  /// - Precondition: `count` is not negative.
  public init(_ count: Int) {
    precondition(count >= 0, "a span of time is not negative")
    self.count = count
  }

  /// Reads a number with a unit; `1.5s` is accepted, a bare number is not.
  ///
  /// - Throws: `HarnessError` (`unit`) naming the spelling that would have been right.
  public init(parsing text: String) throws(HarnessError) {
    do {
      count = try ExactQuantity(text, units: Self.units + [.init("µs", 1000)]).value
    } catch {
      throw Self.refusal(of: text, error)
    }
  }

  public static func milliseconds(_ count: Int) -> Nanoseconds { .init(count * 1_000_000) }

  public static func seconds(_ count: Int) -> Nanoseconds { .init(count * 1_000_000_000) }

  public var seconds: Double { Double(count) / 1e9 }

  public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
    left.count < right.count
  }

  static let units: [ExactQuantity.Unit] = [
    .init("ns", 1), .init("us", 1000), .init("ms", 1_000_000), .init("s", 1_000_000_000),
    .init("min", 60_000_000_000), .init("h", 3_600_000_000_000),
  ]

  private static func refusal(of text: String, _ problem: ExactQuantity.Problem) -> HarnessError {
    let spelling = "write a number and ns, us, ms, s, min or h, such as 200ms"
    switch problem {
    case .negative:
      return HarnessError(.unit, "`\(text)` is a negative duration", remedy: spelling)
    case .tooLarge:
      return HarnessError(.unit, "duration `\(text)` is too long", remedy: "write at most 1h")
    case .inexact:
      return HarnessError(
        .unit, "`\(text)` is not a whole number of nanoseconds", remedy: "use a smaller unit")
    case .unknownUnit(""):
      return HarnessError(
        .unit, "duration `\(text)` has no unit", remedy: "write \(text)ms or \(text)s")
    case .unknownUnit, .notANumber:
      return HarnessError(.unit, "`\(text)` is not a duration", remedy: spelling)
    }
  }
}

extension Nanoseconds: CustomStringConvertible {
  /// The shortest exact form: 200000000 is `200ms`.
  public var description: String { ExactQuantity.text(count, units: Self.units) }
}

extension Nanoseconds: Codable {
  /// A span is stored as its number of nanoseconds.
  public init(from decoder: any Decoder) throws {
    let count = try decoder.singleValueContainer().decode(Int.self)
    guard count >= 0 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a span is not negative"))
    }
    self.init(count)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
}
