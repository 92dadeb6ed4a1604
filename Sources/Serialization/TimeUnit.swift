// SPDX-License-Identifier: Apache-2.0

/// The unit of a `datetime64` element, such as `ns`, `D` or `25us`: 1 to 8 printable ASCII bytes.
///
/// Packed into one word so that a data type needs no heap memory.
public struct TimeUnit: Hashable, Sendable {
  /// The text in memory order, the first character in the lowest byte, padded with zeros.
  @usableFromInline let packed: UInt64

  /// Nanoseconds, the unit of every timestamp in Weir.
  public static let nanoseconds = TimeUnit(uncheckedPacked: 0x736E)
  /// Microseconds.
  public static let microseconds = TimeUnit(uncheckedPacked: 0x7375)
  /// Milliseconds.
  public static let milliseconds = TimeUnit(uncheckedPacked: 0x736D)
  /// Seconds.
  public static let seconds = TimeUnit(uncheckedPacked: 0x73)
  /// Days.
  public static let days = TimeUnit(uncheckedPacked: 0x44)

  @inlinable init(uncheckedPacked packed: UInt64) {
    self.packed = packed
  }

  /// Accepts a packed word from a wire; nil unless it is 1 to 8 printable bytes, then zeros.
  @inlinable init?(packed: UInt64) {
    var rest = packed
    guard rest != 0 else { return nil }
    while rest != 0 {
      // Square brackets delimit the unit in a data type's name.
      let byte = UInt8(truncatingIfNeeded: rest)
      guard byte > 0x20, byte < 0x7F, byte != 0x5B, byte != 0x5D else { return nil }
      rest >>= 8
    }
    self.packed = packed
  }

  /// Accepts 1 to 8 printable ASCII characters without square brackets; nil otherwise.
  public init?(_ text: String) {
    guard text.utf8.count <= 8 else { return nil }
    var packed: UInt64 = 0
    for byte in text.utf8.reversed() {
      guard byte != 0 else { return nil }
      packed = packed << 8 | UInt64(byte)
    }
    self.init(packed: packed)
  }

  /// The unit as text.
  public var text: String {
    var characters: [UInt8] = []
    var rest = packed
    while rest != 0 {
      characters.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return String(decoding: characters, as: UTF8.self)
  }
}

extension TimeUnit: CustomStringConvertible {
  /// The unit as text.
  public var description: String { text }
}
