// SPDX-License-Identifier: Apache-2.0

/// What a producer does when the slowest customer has not made room.
public enum Backpressure: String, Codable, CaseIterable, Sendable {
  case block
  case dropNewest = "drop-newest"
  case dropOldest = "drop-oldest"
  case fail
}

/// How much of every payload a customer checks; `off` is labelled in every table.
public enum Verification: String, Codable, CaseIterable, Sendable {
  case full, sampled, header, off
}

/// How many slots the transport has: a number, or as many as a byte budget allows.
public enum Depth: Hashable, Sendable, CustomStringConvertible {
  case slots(Int)
  case auto

  /// `auto` never goes below this: one slot cannot overlap writing with reading.
  static let fewest = 2
  /// `auto` never goes above this: more slots only add cache misses.
  static let most = 64

  public var description: String {
    switch self {
    case .slots(let count): "\(count)"
    case .auto: "auto"
    }
  }

  /// The number of slots for messages of one size.
  ///
  /// - Parameter limit: bytes that `auto` may take for all slots together.
  /// - Returns: for `auto` the largest power of two within the limit, from 2 to 64.
  public func slots(for size: ByteCount, within limit: ByteCount) -> Int {
    switch self {
    case .slots(let count): return count
    case .auto:
      var count = Self.most
      while count > Self.fewest, count * size.bytes > limit.bytes { count /= 2 }
      return count
    }
  }
}
