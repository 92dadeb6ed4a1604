// SPDX-License-Identifier: Apache-2.0

extension TensorLayout {
  /// Checks every field of an encoded tensor and returns its header and where its payload starts.
  ///
  /// The payload reaches to the end of `bytes`.
  ///
  /// - Throws: ``SerializationError`` with code `malformed`, `limitExceeded` or `invalidFrame`.
  @inlinable @inline(__always)
  static func read(_ bytes: RawSpan) throws(SerializationError) -> (FrameHeader, Int) {
    guard bytes.byteCount >= fixedByteCount else { throw tooShort(bytes.byteCount) }
    let head = bytes.littleEndian(UInt64.self, at: 0)
    guard UInt32(truncatingIfNeeded: head) == magic,
      UInt8(truncatingIfNeeded: head >> 32) == version
    else { throw wrongFormat(head) }
    let rank = Int(UInt8(truncatingIfNeeded: head >> 48))
    guard rank <= Dimensions.maximumCount else { throw wrongRank(rank) }
    let flags = UInt8(truncatingIfNeeded: head >> 56)
    let code = UInt8(truncatingIfNeeded: head >> 40)
    let layout = TensorLayout(
      headerByteCount: headerByteCount(
        rank: rank, isStrided: flags & stridedFlag != 0,
        hasUnit: code == DataType.datetimeWireCode),
      metadataByteCount: Int(bytes.littleEndian(UInt32.self, at: 20)))
    let payloadOffset = layout.payloadOffset
    guard flags & ~stridedFlag == 0,
      bytes.littleEndian(UInt32.self, at: 16) == UInt32(layout.headerByteCount),
      bytes.littleEndian(UInt64.self, at: 40) == UInt64(layout.headerByteCount),
      bytes.littleEndian(UInt64.self, at: 24) == UInt64(payloadOffset),
      payloadOffset <= bytes.byteCount,
      bytes.littleEndian(UInt64.self, at: 32) == UInt64(bytes.byteCount &- payloadOffset)
    else { throw wrongLayout() }
    let header = try readHeader(bytes, layout, code: code, rank: rank, flags: flags)
    return (header, payloadOffset)
  }

  /// Reads shape, strides and unit, which lie inside `bytes` by now.
  @inlinable @inline(__always)
  static func readHeader(
    _ bytes: RawSpan, _ layout: TensorLayout, code: UInt8, rank: Int, flags: UInt8
  ) throws(SerializationError) -> FrameHeader {
    var offset = fixedByteCount
    let shape = readDimensions(bytes, rank, &offset)
    let strides =
      flags & stridedFlag != 0 ? readDimensions(bytes, rank, &offset) : nil
    let unit =
      code == DataType.datetimeWireCode ? bytes.littleEndian(UInt64.self, at: offset) : 0
    guard let dtype = DataType(wireCode: code, packedUnit: unit) else { throw wrongDataType(code) }
    let metadataEnd = layout.headerByteCount &+ layout.metadataByteCount
    return try FrameHeader(
      dtype: dtype, shape: shape, strides: strides,
      timestampNanoseconds: bytes.littleEndian(Int64.self, at: 8),
      metadataRange: layout.headerByteCount..<metadataEnd,
      payloadByteCount: bytes.byteCount &- layout.payloadOffset)
  }

  @inlinable @inline(__always)
  static func readDimensions(_ bytes: RawSpan, _ rank: Int, _ offset: inout Int) -> Dimensions {
    var dimensions = Dimensions()
    for _ in 0..<rank {
      // `rank` has been checked against the places there are.
      _ = dimensions.append(bytes.littleEndian(Int.self, at: offset))
      offset &+= 8
    }
    return dimensions
  }

  @inline(never) @usableFromInline
  static func tooShort(_ byteCount: Int) -> SerializationError {
    .malformed("tensor", "\(byteCount) bytes are fewer than the header's \(fixedByteCount)")
  }

  @inline(never) @usableFromInline
  static func wrongFormat(_ head: UInt64) -> SerializationError {
    .malformed(
      "tensor",
      UInt32(truncatingIfNeeded: head) == magic
        ? "layout version \(head >> 32 & 0xFF), this build reads \(version)"
        : "it does not start with the magic 'WTNS'")
  }

  @inline(never) @usableFromInline
  static func wrongRank(_ rank: Int) -> SerializationError {
    .limitExceeded("rank \(rank)", Dimensions.maximumCount, remedy: "merge dimensions")
  }

  @inline(never) @usableFromInline
  static func wrongLayout() -> SerializationError {
    .malformed("tensor", "its offsets, lengths and size contradict each other")
  }

  @inline(never) @usableFromInline
  static func wrongDataType(_ code: UInt8) -> SerializationError {
    .malformed("tensor", "data type \(code) is unknown or lacks a valid unit")
  }
}
