// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension TensorMetadata {
  /// Reads a section that fills `bytes` exactly.
  ///
  /// - Throws: ``SerializationError`` with code `malformed` or `limitExceeded`.
  static func read(_ bytes: RawSpan) throws(SerializationError) -> [String: MetadataValue] {
    var offset = 0
    let map = try readMap(bytes, &offset, levels: MetadataValue.maximumDepth)
    guard offset == bytes.byteCount else { throw corrupt("bytes after the last entry") }
    return map
  }

  private static func readMap(_ bytes: RawSpan, _ offset: inout Int, levels: Int)
    throws(SerializationError) -> [String: MetadataValue]
  {
    // An entry is at least an empty key and a null, which bounds what a count can make us reserve.
    let count = try readCount(bytes, &offset, minimumItemByteCount: 5)
    var map = [String: MetadataValue](minimumCapacity: count)
    for _ in 0..<count {
      let key = try readText(bytes, &offset)
      let value = try readValue(bytes, &offset, levels: levels)
      guard map.updateValue(value, forKey: key) == nil else { throw corrupt("a key occurs twice") }
    }
    return map
  }

  private static func readValue(_ bytes: RawSpan, _ offset: inout Int, levels: Int)
    throws(SerializationError) -> MetadataValue
  {
    guard levels > 0 else {
      throw .limitExceeded(
        "the nesting of metadata", MetadataValue.maximumDepth, remedy: "flatten the value")
    }
    switch try readWord(UInt8.self, bytes, &offset) {
    case 0: return .null
    case 1:
      let value = try readWord(UInt8.self, bytes, &offset)
      guard value < 2 else { throw corrupt("a bool is neither 0 nor 1") }
      return .bool(value == 1)
    case 2: return .int(try readWord(Int64.self, bytes, &offset))
    case 3: return .double(Double(bitPattern: try readWord(UInt64.self, bytes, &offset)))
    case 4: return .string(try readText(bytes, &offset))
    case 5:
      let count = try readCount(bytes, &offset, minimumItemByteCount: 1)
      defer { offset += count }
      return .bytes(Data(copying: bytes.extracting(offset..<offset + count)))
    case 6:
      let count = try readCount(bytes, &offset, minimumItemByteCount: 1)
      var values: [MetadataValue] = []
      for _ in 0..<count {
        values.append(try readValue(bytes, &offset, levels: levels - 1))
      }
      return .array(values)
    case 7: return .map(try readMap(bytes, &offset, levels: levels - 1))
    default: throw corrupt("an unknown tag")
    }
  }

  private static func readText(_ bytes: RawSpan, _ offset: inout Int) throws(SerializationError)
    -> String
  {
    let count = try readCount(bytes, &offset, minimumItemByteCount: 1)
    guard let text = bytes.extracting(offset..<offset + count).text() else {
      throw corrupt("text that is not UTF-8")
    }
    offset += count
    return text
  }

  /// Reads a count of items, each of which takes at least `minimumItemByteCount` of the rest.
  private static func readCount(
    _ bytes: RawSpan, _ offset: inout Int, minimumItemByteCount: Int
  ) throws(SerializationError) -> Int {
    let count = Int(try readWord(UInt32.self, bytes, &offset))
    guard count <= (bytes.byteCount - offset) / minimumItemByteCount else {
      throw corrupt("a count larger than the section")
    }
    return count
  }

  private static func readWord<Word: FixedWidthInteger & BitwiseCopyable>(
    _ type: Word.Type, _ bytes: RawSpan, _ offset: inout Int
  ) throws(SerializationError) -> Word {
    let width = MemoryLayout<Word>.size
    guard bytes.byteCount - offset >= width else { throw corrupt("it ends within a value") }
    defer { offset += width }
    return bytes.littleEndian(type, at: offset)
  }

  private static func corrupt(_ detail: String) -> SerializationError {
    .malformed("tensor metadata", detail)
  }
}
