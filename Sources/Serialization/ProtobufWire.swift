// SPDX-License-Identifier: Apache-2.0

// The parts of the protocol buffer encoding (protobuf.dev/programming-guides/encoding) that a frame
// needs. Writing and finding the few header fields by hand lets the payload be copied once on the
// way in and not at all on the way out; the metadata goes through the generated code.

/// Field tags of `weir.v1.Frame` (Proto/frame.proto): field number × 8 + wire type.
enum ProtobufTag {
  static let dtype: UInt8 = 1 << 3 | 0
  static let timeUnit: UInt8 = 2 << 3 | 2
  static let shape: UInt8 = 3 << 3 | 2
  static let strides: UInt8 = 4 << 3 | 2
  static let timestamp: UInt8 = 5 << 3 | 1
  static let metadata: UInt8 = 6 << 3 | 2
  static let bytes: UInt8 = 7 << 3 | 2
}

/// Base-128 integers, least significant group first.
enum Varint {
  /// The bytes `value` takes, 1 to 10.
  static func byteCount(_ value: UInt64) -> Int {
    (64 - (value | 1).leadingZeroBitCount + 6) / 7
  }

  /// Maps signed to unsigned so that small magnitudes stay short.
  static func zigzag(_ value: Int) -> UInt64 {
    UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
  }

  /// The inverse of ``zigzag(_:)``.
  static func unzigzag(_ value: UInt64) -> Int {
    Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
  }

  /// Writes `value` at `offset` and moves it behind.
  static func write(
    _ value: UInt64, at offset: inout Int, into destination: inout MutableRawSpan
  ) {
    var rest = value
    while rest >= 0x80 {
      destination.storeBytes(
        of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: offset, as: UInt8.self)
      rest >>= 7
      offset += 1
    }
    destination.storeBytes(of: UInt8(rest), toByteOffset: offset, as: UInt8.self)
    offset += 1
  }

  /// Reads a value at `offset` and moves it behind; nil when it is cut off before `end` or has more
  /// than 64 bits.
  static func read(_ bytes: RawSpan, _ offset: inout Int, end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end, shift < 64 {
      let byte = bytes.littleEndian(UInt8.self, at: offset)
      offset += 1
      if shift == 63, byte > 1 { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}
