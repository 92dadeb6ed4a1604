// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

// The metadata section: a map without its tag.
//
//   value  = tag (u8) body          map   = count (u32) { text value }
//   text   = length (u32) UTF-8     array = count (u32) { value }
//
//   tag 0 null    -               tag 4 string  text
//   tag 1 bool    u8, 0 or 1      tag 5 bytes   length (u32) bytes
//   tag 2 int     i64             tag 6 array   array
//   tag 3 double  IEEE 754 bits   tag 7 map     map
//
// Little-endian, unaligned. Entries of a map are in no particular order.

/// Writes the compact metadata section of the tensor layout; `TensorMetadata+Read` reads it.
@usableFromInline
enum TensorMetadata {
  /// The exact size of the section.
  @usableFromInline
  static func byteCount(of map: [String: MetadataValue]) -> Int {
    map.reduce(4) { $0 + 4 + $1.key.utf8.count + byteCount(of: $1.value) }
  }

  private static func byteCount(of value: MetadataValue) -> Int {
    switch value {
    case .null: 1
    case .bool: 2
    case .int, .double: 9
    case .string(let text): 5 + text.utf8.count
    case .bytes(let data): 5 + data.count
    case .array(let values): values.reduce(5) { $0 + byteCount(of: $1) }
    case .map(let map): 1 + byteCount(of: map)
    }
  }

  /// Writes the section at `offset` and moves it behind; `destination` has room.
  @usableFromInline
  static func write(
    _ map: [String: MetadataValue], at offset: inout Int, into destination: inout MutableRawSpan
  ) {
    writeCount(map.count, at: &offset, into: &destination)
    for (key, value) in map {
      writeText(key, at: &offset, into: &destination)
      write(value, at: &offset, into: &destination)
    }
  }

  private static func write(
    _ value: MetadataValue, at offset: inout Int, into destination: inout MutableRawSpan
  ) {
    destination.storeLittleEndian(value.tag, at: offset)
    offset += 1
    switch value {
    case .null: break
    case .bool(let value):
      destination.storeLittleEndian(value ? 1 as UInt8 : 0, at: offset)
      offset += 1
    case .int(let value):
      destination.storeLittleEndian(value, at: offset)
      offset += 8
    case .double(let value):
      destination.storeLittleEndian(value.bitPattern, at: offset)
      offset += 8
    case .string(let text): writeText(text, at: &offset, into: &destination)
    case .bytes(let data):
      writeCount(data.count, at: &offset, into: &destination)
      destination.copy(data.bytes, at: offset)
      offset += data.count
    case .array(let values):
      writeCount(values.count, at: &offset, into: &destination)
      for value in values { write(value, at: &offset, into: &destination) }
    case .map(let map): write(map, at: &offset, into: &destination)
    }
  }

  private static func writeText(
    _ text: String, at offset: inout Int, into destination: inout MutableRawSpan
  ) {
    writeCount(text.utf8.count, at: &offset, into: &destination)
    destination.copy(text, at: offset)
    offset += text.utf8.count
  }

  private static func writeCount(
    _ count: Int, at offset: inout Int, into destination: inout MutableRawSpan
  ) {
    // The section as a whole was checked to fit 32 bits.
    destination.storeLittleEndian(UInt32(truncatingIfNeeded: count), at: offset)
    offset += 4
  }
}

extension MetadataValue {
  /// The kind's number in the metadata section.
  var tag: UInt8 {
    switch self {
    case .null: 0
    case .bool: 1
    case .int: 2
    case .double: 3
    case .string: 4
    case .bytes: 5
    case .array: 6
    case .map: 7
    }
  }
}
