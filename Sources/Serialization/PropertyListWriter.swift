// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The second pass: writes objects in preorder, each reference and offset into its place at once.
///
/// A container leaves room for its references; writing a child fills the next one.
struct PropertyListWriter {
  private let tableOffset: Int
  private let offsetWidth: Int
  private let referenceWidth: Int
  private var nextObject = 0
  private var offset = PropertyListObject.headerByteCount

  /// Room for references, filled one by one.
  struct References {
    fileprivate var offset: Int
  }

  /// Writes header and trailer; `destination` has room for `size`.
  init(_ size: PropertyListSize, into destination: inout MutableRawSpan) {
    tableOffset = size.tableOffset
    offsetWidth = size.offsetWidth
    referenceWidth = size.referenceWidth
    destination.storeBigEndian(PropertyListObject.magic, width: 8, at: 0)
    let trailer = size.byteCount - PropertyListObject.trailerByteCount
    destination.storeBigEndian(
      UInt64(offsetWidth) << 8 | UInt64(referenceWidth), width: 8, at: trailer)
    destination.storeBigEndian(UInt64(size.objectCount), width: 8, at: trailer + 8)
    destination.storeBigEndian(0, width: 8, at: trailer + 16)
    destination.storeBigEndian(UInt64(tableOffset), width: 8, at: trailer + 24)
  }

  /// Starts an object: notes its offset and, unless it is the root, its number.
  private mutating func begin(_ parent: inout References, _ destination: inout MutableRawSpan) {
    destination.storeBigEndian(UInt64(nextObject), width: referenceWidth, at: parent.offset)
    parent.offset += referenceWidth
    beginRoot(&destination)
  }

  private mutating func beginRoot(_ destination: inout MutableRawSpan) {
    destination.storeBigEndian(
      UInt64(offset), width: offsetWidth, at: tableOffset + nextObject * offsetWidth)
    nextObject += 1
  }

  private mutating func put(byte: UInt8, _ destination: inout MutableRawSpan) {
    destination.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    offset += 1
  }

  private mutating func putInteger(_ value: Int64, _ destination: inout MutableRawSpan) {
    let width = PropertyListObject.integerWidth(value)
    put(byte: 0x10 | UInt8(width.trailingZeroBitCount), &destination)
    destination.storeBigEndian(UInt64(bitPattern: value), width: width, at: offset)
    offset += width
  }

  private mutating func putMarker(_ kind: UInt8, _ count: Int, _ destination: inout MutableRawSpan)
  {
    put(byte: kind | UInt8(min(count, 15)), &destination)
    if count >= 15 { putInteger(Int64(count), &destination) }
  }

  private mutating func putReferences(_ count: Int) -> References {
    defer { offset += count * referenceWidth }
    return References(offset: offset)
  }

  mutating func root(mapOf count: Int, into destination: inout MutableRawSpan)
    -> (keys: References, values: References)
  {
    beginRoot(&destination)
    putMarker(0xD0, count, &destination)
    return (putReferences(count), putReferences(count))
  }

  mutating func map(
    of count: Int, in parent: inout References, into destination: inout MutableRawSpan
  ) -> (keys: References, values: References) {
    begin(&parent, &destination)
    putMarker(0xD0, count, &destination)
    return (putReferences(count), putReferences(count))
  }

  mutating func key(
    _ text: StaticString, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    putMarker(0x50, text.utf8CodeUnitCount, &destination)
    // A static string's bytes live for ever.
    let bytes = unsafe UnsafeRawBufferPointer(
      start: text.utf8Start, count: text.utf8CodeUnitCount)
    destination.copy(unsafe RawSpan(_unsafeBytes: bytes), at: offset)
    offset += text.utf8CodeUnitCount
  }

  mutating func write(
    _ bool: Bool, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    put(byte: bool ? 0x09 : 0x08, &destination)
  }

  mutating func write(
    _ integer: Int64, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    putInteger(integer, &destination)
  }

  mutating func write(
    _ integers: [Int], in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    putMarker(0xA0, integers.count, &destination)
    var items = putReferences(integers.count)
    for integer in integers { write(Int64(integer), in: &items, into: &destination) }
  }

  mutating func write(
    _ real: Double, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    put(byte: 0x23, &destination)
    destination.storeBigEndian(real.bitPattern, width: 8, at: offset)
    offset += 8
  }

  mutating func write(
    _ data: Data, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    putMarker(0x40, data.count, &destination)
    destination.copy(data.bytes, at: offset)
    offset += data.count
  }

  mutating func write(
    _ text: String, in parent: inout References, into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    if text.isASCII {
      putMarker(0x50, text.utf8.count, &destination)
      destination.copy(text, at: offset)
      offset += text.utf8.count
    } else {
      putMarker(0x60, text.utf16.count, &destination)
      for unit in text.utf16 {
        destination.storeBigEndian(UInt64(unit), width: 2, at: offset)
        offset += 2
      }
    }
  }

  mutating func write(
    _ values: [MetadataValue], in parent: inout References,
    into destination: inout MutableRawSpan
  ) {
    begin(&parent, &destination)
    putMarker(0xA0, values.count, &destination)
    var items = putReferences(values.count)
    for value in values { write(value, in: &items, into: &destination) }
  }

  mutating func write(
    _ map: [String: MetadataValue], in parent: inout References,
    into destination: inout MutableRawSpan
  ) {
    var (keys, values) = self.map(of: map.count, in: &parent, into: &destination)
    for (key, value) in map {
      write(key, in: &keys, into: &destination)
      write(value, in: &values, into: &destination)
    }
  }
}
