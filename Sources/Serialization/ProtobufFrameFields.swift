// SPDX-License-Identifier: Apache-2.0

/// The fields of an encoded `weir.v1.Frame`, found in place.
///
/// Fields may come in any order, the last of several wins and unknown ones are skipped, as the
/// encoding demands. Metadata is only located.
struct ProtobufFrameFields {
  private var code: UInt64 = 0
  private var packedUnit: UInt64 = 0
  private var shape = Dimensions()
  private var strides = Dimensions()
  private var timestampNanoseconds: Int64 = 0
  private var metadataRange = 0..<0
  private var payload: Range<Int>?

  /// Finds the fields of `bytes`.
  ///
  /// - Throws: ``SerializationError`` with code `malformed` or `limitExceeded`.
  init(_ bytes: RawSpan) throws(SerializationError) {
    var offset = 0
    while offset < bytes.byteCount {
      let start = offset
      let tag = try Self.varint(bytes, &offset, end: bytes.byteCount)
      guard tag >> 3 != 0, tag >> 3 < 1 << 29 else { throw Self.corrupt("a field number of 0") }
      switch tag & 7 {
      case 0:
        let value = try Self.varint(bytes, &offset, end: bytes.byteCount)
        if tag == ProtobufTag.dtype { code = value }
        try addUnpacked(tag, value)
      case 1:
        let position = try Self.skip(8, bytes, &offset)
        if tag == ProtobufTag.timestamp {
          timestampNanoseconds = bytes.littleEndian(Int64.self, at: position)
        }
      case 2:
        let count = try Self.varint(bytes, &offset, end: bytes.byteCount)
        let position = try Self.skip(count, bytes, &offset)
        try addSized(tag, start: start, content: position..<offset, bytes)
      case 5: _ = try Self.skip(4, bytes, &offset)
      default: throw Self.corrupt("a wire type that no field has")
      }
    }
  }

  /// A checked header and where the payload lies.
  ///
  /// - Throws: ``SerializationError`` with code `malformed` or `invalidFrame`.
  func header() throws(SerializationError) -> (FrameHeader, Range<Int>) {
    guard let payload else { throw Self.corrupt("it ends before the payload") }
    guard let code = UInt8(exactly: code),
      let dtype = DataType(wireCode: code, packedUnit: packedUnit)
    else { throw Self.corrupt("data type \(code) is unknown or lacks a valid unit") }
    let header = try FrameHeader(
      dtype: dtype, shape: shape, strides: strides.isEmpty ? nil : strides,
      timestampNanoseconds: timestampNanoseconds, metadataRange: metadataRange,
      payloadByteCount: payload.count)
    return (header, payload)
  }

  private mutating func addSized(
    _ tag: UInt64, start: Int, content: Range<Int>, _ bytes: RawSpan
  ) throws(SerializationError) {
    switch tag {
    case UInt64(ProtobufTag.timeUnit):
      guard content.count <= 8 else { throw Self.corrupt("a time unit of more than 8 bytes") }
      packedUnit = content.reversed().reduce(0) {
        $0 << 8 | UInt64(bytes.littleEndian(UInt8.self, at: $1))
      }
    case UInt64(ProtobufTag.shape), UInt64(ProtobufTag.strides):
      // An unpacked tag differs only in the wire type.
      var offset = content.lowerBound
      while offset < content.upperBound {
        let value = try Self.varint(bytes, &offset, end: content.upperBound)
        try addUnpacked(tag & ~7, value)
      }
    case UInt64(ProtobufTag.metadata):
      // One range from the first to the last entry: what else lies between is read and ignored.
      metadataRange =
        (metadataRange.isEmpty ? start : metadataRange.lowerBound)..<content.upperBound
    case UInt64(ProtobufTag.bytes): payload = content
    default: break
    }
  }

  private mutating func addUnpacked(_ tag: UInt64, _ value: UInt64) throws(SerializationError) {
    var hasRoom = true
    if tag == UInt64(ProtobufTag.shape & ~7) {
      guard let dimension = Int(exactly: value) else { throw Self.corrupt("a dimension over 2^63") }
      hasRoom = shape.append(dimension)
    } else if tag == UInt64(ProtobufTag.strides & ~7) {
      hasRoom = strides.append(Varint.unzigzag(value))
    }
    guard hasRoom else {
      throw .limitExceeded("the rank", Dimensions.maximumCount, remedy: "merge dimensions")
    }
  }

  private static func varint(_ bytes: RawSpan, _ offset: inout Int, end: Int)
    throws(SerializationError) -> UInt64
  {
    guard let value = Varint.read(bytes, &offset, end: end) else {
      throw corrupt("an integer is cut off or has more than 64 bits")
    }
    return value
  }

  /// Moves `offset` behind `count` bytes and returns where they start.
  private static func skip(_ count: UInt64, _ bytes: RawSpan, _ offset: inout Int)
    throws(SerializationError) -> Int
  {
    guard count <= UInt64(bytes.byteCount - offset) else { throw corrupt("a field is cut off") }
    defer { offset += Int(count) }
    return offset
  }

  private static func corrupt(_ detail: String) -> SerializationError {
    .malformed("protobuf", detail)
  }
}
