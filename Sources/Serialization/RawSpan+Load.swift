// SPDX-License-Identifier: Apache-2.0

/// Loads of integers at any alignment; each traps when the bytes are not all inside the span.
extension RawSpan {
  @inlinable @inline(__always)
  func load<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, at offset: Int) -> Word {
    // Integers have no invalid bit patterns, and the load checks its bounds.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The little-endian integer at `offset`.
  @inlinable @inline(__always)
  func littleEndian<Word: FixedWidthInteger & BitwiseCopyable>(
    _ type: Word.Type, at offset: Int
  ) -> Word {
    Word(littleEndian: load(type, at: offset))
  }

  /// The big-endian integer of `width` (1 to 8) bytes at `offset`.
  func bigEndian(width: Int, at offset: Int) -> UInt64 {
    switch width {
    case 1: UInt64(load(UInt8.self, at: offset))
    case 2: UInt64(UInt16(bigEndian: load(UInt16.self, at: offset)))
    case 4: UInt64(UInt32(bigEndian: load(UInt32.self, at: offset)))
    case 8: UInt64(bigEndian: load(UInt64.self, at: offset))
    default:
      (offset..<offset + width).reduce(0) { $0 << 8 | UInt64(load(UInt8.self, at: $1)) }
    }
  }

  /// Whether the bytes are exactly those of `text`.
  func equals(_ text: StaticString) -> Bool {
    guard byteCount == text.utf8CodeUnitCount else { return false }
    // A static string's bytes live for ever, and both counts are equal.
    return unsafe withUnsafeBytes { left in
      unsafe left.elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
  }

  /// The text of all bytes; nil when they are not UTF-8.
  func text() -> String? {
    unsafe withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
  }
}
