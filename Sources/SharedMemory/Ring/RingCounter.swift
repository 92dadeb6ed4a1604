// SPDX-License-Identifier: Apache-2.0

/// Arithmetic of the ever-growing item counters, which stays right where 64 bits wrap.
///
/// Two counters are compared by the sign of their difference (serial numbers, RFC 1982), so they must
/// be less than 2^63 items apart; what another process wrote beyond that gives a wrong answer, never
/// a trap.
public enum RingCounter {
  /// Items from `start` up to, not including, `end`; negative when `end` comes first.
  @inlinable @inline(__always)
  public static func distance(from start: UInt64, to end: UInt64) -> Int64 {
    Int64(bitPattern: end &- start)
  }

  /// Whether `first` comes before `second`.
  @inlinable @inline(__always)
  public static func isBefore(_ first: UInt64, _ second: UInt64) -> Bool {
    distance(from: first, to: second) > 0
  }

  @inlinable @inline(__always)
  public static func earlier(_ one: UInt64, _ other: UInt64) -> UInt64 {
    isBefore(other, one) ? other : one
  }

  @inlinable @inline(__always)
  public static func later(_ one: UInt64, _ other: UInt64) -> UInt64 {
    isBefore(one, other) ? other : one
  }
}
