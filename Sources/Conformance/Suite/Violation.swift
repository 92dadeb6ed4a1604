// SPDX-License-Identifier: Apache-2.0

/// A property that did not hold: what was expected, what was found, and the seed to repeat it.
public struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  public let expected: String
  public let found: String
  public let seed: UInt64

  public init(expected: String, found: String, seed: UInt64) {
    self.expected = expected
    self.found = found
    self.seed = seed
  }

  /// One line.
  public var description: String {
    "expected \(expected), found \(found) (seed \(seed))"
      .split(whereSeparator: \.isNewline).joined(separator: " | ")
  }
}
