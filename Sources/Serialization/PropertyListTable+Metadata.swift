// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension PropertyListTable {
  /// Reads the map of metadata whose object starts at `start`.
  ///
  /// - Throws: ``SerializationError`` with code `malformed` or `limitExceeded`.
  func readMetadata(at start: Int, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]
  {
    guard start >= PropertyListObject.headerByteCount, start < tableOffset else {
      throw Self.corrupt("metadata outside the object area")
    }
    // Objects may be referenced twice, so a few bytes could stand for endless values. A tree
    // without shared containers has fewer values than bytes.
    var budget = bytes.byteCount
    return try map(
      try object(at: start, in: bytes), in: bytes, levels: MetadataValue.maximumDepth,
      budget: &budget)
  }

  private func map(
    _ object: PropertyListObject, in bytes: RawSpan, levels: Int, budget: inout Int
  ) throws(SerializationError) -> [String: MetadataValue] {
    guard case .map(let keys, let count) = object else {
      throw Self.corrupt("a metadata map that is no map")
    }
    let references = valueReferences(of: keys, count: count)
    var result: [String: MetadataValue] = [:]
    for index in 0..<count {
      let key = try text(try reference(index, of: keys, in: bytes), in: bytes)
      let number = try reference(index, of: references, in: bytes)
      let value = try value(number, in: bytes, levels: levels, budget: &budget)
      guard result.updateValue(value, forKey: key) == nil else {
        throw Self.corrupt("a key occurs twice")
      }
    }
    return result
  }

  /// Reads a map with one key, the kind, and one value, the content.
  private func value(_ number: Int, in bytes: RawSpan, levels: Int, budget: inout Int)
    throws(SerializationError) -> MetadataValue
  {
    guard levels > 0 else {
      throw .limitExceeded(
        "the nesting of metadata", MetadataValue.maximumDepth, remedy: "flatten the value")
    }
    budget -= 1
    guard budget > 0, case .map(let keys, 1) = try object(number, in: bytes) else {
      throw Self.corrupt("a metadata value is a map with exactly one key, its kind")
    }
    let name = try text(try reference(0, of: keys, in: bytes), in: bytes)
    let references = valueReferences(of: keys, count: 1)
    let content = try object(try reference(0, of: references, in: bytes), in: bytes)
    switch (MetadataValue.Kind(rawValue: name), content) {
    case (.null, .bool): return .null
    case (.bool, .bool(let value)): return .bool(value)
    case (.int, .integer(let value)): return .int(value)
    case (.double, .real(let value)): return .double(value)
    case (.doubleBits, .integer(let bits)):
      return .double(Double(bitPattern: UInt64(bitPattern: bits)))
    case (.string, .ascii), (.string, .utf16): return .string(try text(content, in: bytes))
    case (.bytes, .data(let range)): return .bytes(Data(copying: bytes.extracting(range)))
    case (.array, .array(let items, let count)):
      var values: [MetadataValue] = []
      for index in 0..<count {
        let item = try reference(index, of: items, in: bytes)
        values.append(try value(item, in: bytes, levels: levels - 1, budget: &budget))
      }
      return .array(values)
    case (.map, .map):
      return .map(try map(content, in: bytes, levels: levels - 1, budget: &budget))
    default: throw Self.corrupt("a metadata value that is not of its kind")
    }
  }

  private func text(_ number: Int, in bytes: RawSpan) throws(SerializationError) -> String {
    try text(try object(number, in: bytes), in: bytes)
  }

  private func text(_ object: PropertyListObject, in bytes: RawSpan) throws(SerializationError)
    -> String
  {
    switch object {
    case .ascii(let range):
      if let text = bytes.extracting(range).text() { return text }
    case .utf16(let range):
      let units = stride(from: range.lowerBound, to: range.upperBound, by: 2).map {
        UInt16(truncatingIfNeeded: bytes.bigEndian(width: 2, at: $0))
      }
      if let text = String(validating: units, as: UTF16.self) { return text }
    default: break
    }
    throw Self.corrupt("text that is no valid Unicode")
  }
}
