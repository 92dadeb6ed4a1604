// SPDX-License-Identifier: Apache-2.0

// A binary property list (format `bplist00`, the one of Foundation's PropertyListEncoder; layout
// after the comments in CoreFoundation's CFBinaryPList.c). Big-endian.
//
//   "bplist00"
//   object 0, object 1, ...             a marker byte, then the content
//   offset table                        one offset (offset width bytes) per object
//   trailer, 32 bytes                   6 unused | offset width u8 | reference width u8
//                                       | object count u64 | root object u64 | table offset u64
//
//   0x08 false   0x09 true   0x1n integer of 2^n bytes   0x22 float   0x23 double
//   0x4n data    0x5n ASCII  0x6n UTF-16 (n units)        0xAn array   0xDn map: n keys, n values
//
// n = 15 means that an integer object with the real count follows the marker. Arrays and maps hold
// references: object numbers of reference width bytes.

/// One object of a binary property list, its content still in the encoded bytes.
enum PropertyListObject {
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case data(Range<Int>)
  case ascii(Range<Int>)
  case utf16(Range<Int>)
  /// `count` references from `references` on.
  case array(references: Int, count: Int)
  /// `count` key references from `references` on, then as many value references.
  case map(references: Int, count: Int)

  static let headerByteCount = 8
  static let trailerByteCount = 32
  /// `bplist00` as a big-endian word.
  static let magic: UInt64 = 0x6270_6C69_7374_3030

  /// The bytes an integer's content takes: 1, 2, 4 or 8, and 8 for every negative one.
  static func integerWidth(_ value: Int64) -> Int {
    switch value {
    case 0...0xFF: 1
    case 0...0xFFFF: 2
    case 0...0xFFFF_FFFF: 4
    default: 8
    }
  }

  /// The bytes of a marker with a count, which may need an integer object of its own.
  static func markerByteCount(_ count: Int) -> Int {
    count < 15 ? 1 : 2 + integerWidth(Int64(count))
  }
}
