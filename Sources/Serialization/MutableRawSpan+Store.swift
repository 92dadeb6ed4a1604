// SPDX-License-Identifier: Apache-2.0
public import CLinux

/// Stores at any alignment; each traps when the bytes do not all fit in the span.
extension MutableRawSpan {
  /// Stores `value` little-endian.
  @inlinable @inline(__always)
  mutating func storeLittleEndian<Word: FixedWidthInteger & BitwiseCopyable>(
    _ value: Word, at offset: Int
  ) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Word.self)
  }

  /// Stores the low `width` (1, 2, 4 or 8) bytes of `value` big-endian.
  mutating func storeBigEndian(_ value: UInt64, width: Int, at offset: Int) {
    switch width {
    case 1: storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
    case 2:
      storeBytes(
        of: UInt16(truncatingIfNeeded: value).bigEndian, toByteOffset: offset, as: UInt16.self)
    case 4:
      storeBytes(
        of: UInt32(truncatingIfNeeded: value).bigEndian, toByteOffset: offset, as: UInt32.self)
    default: storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }
  }

  /// Copies all of `source` to `offset`.
  @inlinable @inline(__always)
  mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset <= byteCount && source.byteCount <= byteCount &- offset)
    // Both ranges were checked; memmove semantics allow any overlap.
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { bytes in
        guard let from = bytes.baseAddress, let to = target.baseAddress else { return }
        if bytes.count < WEIR_REPEATED_BYTES {
          unsafe (to + offset).copyMemory(from: from, byteCount: bytes.count)
        } else {
          unsafe weir_copy_large(to + offset, from, bytes.count)
        }
      }
    }
  }

  /// Copies the UTF-8 of `text`, `byteCount` bytes long, to `offset`.
  mutating func copy(_ text: String, at offset: Int) {
    // Code units have no padding.
    copy(unsafe text.utf8.span.bytes, at: offset)
  }
}
