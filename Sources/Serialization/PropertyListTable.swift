// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The checked trailer of a binary property list, and access to its objects by number.
struct PropertyListTable {
  let rootObject: Int
  let tableOffset: Int
  private let objectCount: Int
  private let offsetWidth: Int
  private let referenceWidth: Int

  /// Checks header and trailer.
  ///
  /// - Throws: ``SerializationError`` with code `malformed`.
  init(_ bytes: RawSpan) throws(SerializationError) {
    let trailer = bytes.byteCount - PropertyListObject.trailerByteCount
    guard trailer > PropertyListObject.headerByteCount,
      bytes.bigEndian(width: 8, at: 0) == PropertyListObject.magic
    else { throw Self.corrupt("it does not start with 'bplist00'") }
    let offsetWidth = Int(bytes.littleEndian(UInt8.self, at: trailer + 6))
    let referenceWidth = Int(bytes.littleEndian(UInt8.self, at: trailer + 7))
    guard (1...8).contains(offsetWidth), (1...8).contains(referenceWidth),
      let objectCount = Int(exactly: bytes.bigEndian(width: 8, at: trailer + 8)),
      let rootObject = Int(exactly: bytes.bigEndian(width: 8, at: trailer + 16)),
      let tableOffset = Int(exactly: bytes.bigEndian(width: 8, at: trailer + 24)),
      tableOffset > PropertyListObject.headerByteCount, tableOffset < trailer,
      objectCount <= bytes.byteCount, objectCount * offsetWidth == trailer - tableOffset,
      rootObject < objectCount
    else { throw Self.corrupt("its trailer contradicts its size") }
    self.offsetWidth = offsetWidth
    self.referenceWidth = referenceWidth
    self.objectCount = objectCount
    self.rootObject = rootObject
    self.tableOffset = tableOffset
  }

  /// The number that reference `index` of a container holds; the container has been checked.
  func reference(_ index: Int, of references: Int, in bytes: RawSpan) throws(SerializationError)
    -> Int
  {
    let number = bytes.bigEndian(width: referenceWidth, at: references + index * referenceWidth)
    guard number < UInt64(objectCount) else { throw Self.corrupt("a reference out of range") }
    return Int(number)
  }

  /// Where object `number` starts.
  func offset(of number: Int, in bytes: RawSpan) throws(SerializationError) -> Int {
    let offset = bytes.bigEndian(width: offsetWidth, at: tableOffset + number * offsetWidth)
    guard offset >= UInt64(PropertyListObject.headerByteCount), offset < UInt64(tableOffset)
    else { throw Self.corrupt("an object outside the object area") }
    return Int(offset)
  }

  /// Object `number`, its content checked to lie inside the object area.
  func object(_ number: Int, in bytes: RawSpan) throws(SerializationError) -> PropertyListObject {
    try object(at: try offset(of: number, in: bytes), in: bytes)
  }

  /// The object at `start`, which lies inside the object area.
  func object(at start: Int, in bytes: RawSpan) throws(SerializationError) -> PropertyListObject {
    let marker = bytes.littleEndian(UInt8.self, at: start)
    var offset = start + 1
    switch marker >> 4 {
    case 0x0 where marker == 0x08: return .bool(false)
    case 0x0 where marker == 0x09: return .bool(true)
    case 0x1: return .integer(try integer(marker, &offset, in: bytes))
    case 0x2 where marker == 0x22:
      _ = try content(4, 1, &offset)
      let bits = UInt32(truncatingIfNeeded: bytes.bigEndian(width: 4, at: start + 1))
      return .real(Double(Float(bitPattern: bits)))
    case 0x2 where marker == 0x23:
      _ = try content(8, 1, &offset)
      return .real(Double(bitPattern: bytes.bigEndian(width: 8, at: start + 1)))
    case 0x4: return .data(try content(try count(marker, &offset, in: bytes), 1, &offset))
    case 0x5: return .ascii(try content(try count(marker, &offset, in: bytes), 1, &offset))
    case 0x6: return .utf16(try content(try count(marker, &offset, in: bytes), 2, &offset))
    case 0xA:
      let count = try count(marker, &offset, in: bytes)
      let references = try content(count, referenceWidth, &offset)
      return .array(references: references.lowerBound, count: count)
    case 0xD:
      let count = try count(marker, &offset, in: bytes)
      let references = try content(count, 2 * referenceWidth, &offset)
      return .map(references: references.lowerBound, count: count)
    default: throw Self.corrupt("an object of an unexpected kind")
    }
  }

  /// The references to the values of a map follow those to its keys.
  func valueReferences(of keyReferences: Int, count: Int) -> Int {
    keyReferences + count * referenceWidth
  }

  /// Moves `offset` behind `count` items of `width` bytes and returns where they are.
  private func content(_ count: Int, _ width: Int, _ offset: inout Int) throws(SerializationError)
    -> Range<Int>
  {
    guard count >= 0, offset <= tableOffset, count <= (tableOffset - offset) / width else {
      throw Self.corrupt("an object longer than the object area")
    }
    let start = offset
    offset += count * width
    return start..<offset
  }

  private func count(_ marker: UInt8, _ offset: inout Int, in bytes: RawSpan)
    throws(SerializationError) -> Int
  {
    guard marker & 0xF == 0xF else { return Int(marker & 0xF) }
    let position = try content(1, 1, &offset).lowerBound
    let inner = bytes.littleEndian(UInt8.self, at: position)
    guard inner >> 4 == 0x1 else { throw Self.corrupt("a count that is no integer") }
    return Int(try integer(inner, &offset, in: bytes))
  }

  private func integer(_ marker: UInt8, _ offset: inout Int, in bytes: RawSpan)
    throws(SerializationError) -> Int64
  {
    let exponent = marker & 0xF
    guard exponent <= 4 else { throw Self.corrupt("an integer wider than 16 bytes") }
    let width = 1 << Int(exponent)
    let position = try content(1, width, &offset).lowerBound
    guard width == 16 else {
      return Int64(bitPattern: bytes.bigEndian(width: width, at: position))
    }
    // Foundation writes unsigned integers beyond Int64 in 16 bytes; we have no use for them.
    guard bytes.bigEndian(width: 8, at: position) == 0,
      let value = Int64(exactly: bytes.bigEndian(width: 8, at: position + 8))
    else { throw Self.corrupt("an integer beyond 64 bits") }
    return value
  }

  static func corrupt(_ detail: String) -> SerializationError {
    .malformed("binary property list", detail)
  }
}
