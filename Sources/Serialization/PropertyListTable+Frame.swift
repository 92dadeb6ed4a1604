// SPDX-License-Identifier: Apache-2.0

extension PropertyListTable {
  /// Finds a frame's fields in place; key order and unknown keys do not matter.
  ///
  /// - Throws: ``SerializationError`` with code `malformed`, `limitExceeded` or `invalidFrame`.
  func readFrame(_ bytes: RawSpan) throws(SerializationError) -> (FrameHeader, Range<Int>) {
    guard case .map(let keys, let count) = try object(rootObject, in: bytes) else {
      throw Self.corrupt("a frame is a map")
    }
    let values = valueReferences(of: keys, count: count)
    var dtype: DataType?
    var shape: Dimensions?
    var strides: Dimensions?
    var timestampNanoseconds: Int64?
    var metadataRange = 0..<0
    var payload: Range<Int>?
    for index in 0..<count {
      guard
        case .ascii(let range) = try object(try reference(index, of: keys, in: bytes), in: bytes)
      else { continue }
      let number = try reference(index, of: values, in: bytes)
      let key = bytes.extracting(range)
      if key.equals(Frame.dtypeKey) {
        dtype = try dataType(number, in: bytes)
      } else if key.equals(Frame.shapeKey) {
        shape = try dimensions(number, in: bytes)
      } else if key.equals(Frame.stridesKey) {
        strides = try dimensions(number, in: bytes)
      } else if key.equals(Frame.timestampKey) {
        timestampNanoseconds = try integer(number, in: bytes)
      } else if key.equals(Frame.metadataKey) {
        metadataRange = try self.metadataRange(number, in: bytes)
      } else if key.equals(Frame.bytesKey) {
        payload = try data(number, in: bytes)
      }
    }
    guard let dtype, let shape, let timestampNanoseconds, let payload else {
      throw Self.corrupt("a frame lacks one of dtype, shape, timestampNanoseconds, bytes")
    }
    let header = try FrameHeader(
      dtype: dtype, shape: shape, strides: strides, timestampNanoseconds: timestampNanoseconds,
      metadataRange: metadataRange, payloadByteCount: payload.count)
    return (header, payload)
  }

  private func dataType(_ number: Int, in bytes: RawSpan) throws(SerializationError) -> DataType {
    guard case .ascii(let range) = try object(number, in: bytes),
      let name = bytes.extracting(range).text(), let dtype = DataType(name: name)
    else { throw Self.corrupt("an unknown data type") }
    return dtype
  }

  private func dimensions(_ number: Int, in bytes: RawSpan) throws(SerializationError)
    -> Dimensions
  {
    guard case .array(let references, let count) = try object(number, in: bytes) else {
      throw Self.corrupt("shape or strides that are no array")
    }
    var dimensions = Dimensions()
    for index in 0..<count {
      let item = try reference(index, of: references, in: bytes)
      guard dimensions.append(Int(try integer(item, in: bytes))) else {
        throw .limitExceeded("rank \(count)", Dimensions.maximumCount, remedy: "merge dimensions")
      }
    }
    return dimensions
  }

  private func integer(_ number: Int, in bytes: RawSpan) throws(SerializationError) -> Int64 {
    guard case .integer(let value) = try object(number, in: bytes) else {
      throw Self.corrupt("something else where an integer belongs")
    }
    return value
  }

  private func data(_ number: Int, in bytes: RawSpan) throws(SerializationError) -> Range<Int> {
    guard case .data(let range) = try object(number, in: bytes) else {
      throw Self.corrupt("a payload that is no data")
    }
    return range
  }

  /// From the metadata's map to the end of the objects; empty for an empty map.
  private func metadataRange(_ number: Int, in bytes: RawSpan) throws(SerializationError)
    -> Range<Int>
  {
    let start = try offset(of: number, in: bytes)
    guard case .map(_, let count) = try object(at: start, in: bytes) else {
      throw Self.corrupt("metadata that is no map")
    }
    return count == 0 ? 0..<0 : start..<tableOffset
  }
}
