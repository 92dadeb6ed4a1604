// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Sizes of one frame's fields in protocol buffer form, and how to write them.
///
/// The fields are those the generated code writes, in the same order: zero and empty ones left out.
struct ProtobufFrameSize {
  private let shapeByteCount: Int
  private let stridesByteCount: Int
  private let metadataByteCount: Int
  /// The whole message.
  let byteCount: Int

  /// Adds up the fields; the metadata has been serialized before.
  ///
  /// Not an initialiser, because that would own its argument: four reference counts up and down.
  static func measure(_ frame: Frame, metadataByteCount: Int) -> ProtobufFrameSize {
    let shapeByteCount = frame.shape.reduce(0) { $0 + Varint.byteCount(UInt64($1)) }
    let stridesByteCount =
      frame.explicitStrides?.reduce(0) { $0 + Varint.byteCount(Varint.zigzag($1)) } ?? 0
    let unitByteCount = frame.dtype.unitByteCount
    // Data type and unit are shorter than 128, so a tag and one byte precede or hold each.
    var total = 2 + (unitByteCount == 0 ? 0 : 2 + unitByteCount) + metadataByteCount
    total += frame.timestampNanoseconds == 0 ? 0 : 9
    total += shapeByteCount == 0 ? 0 : 2 + shapeByteCount
    total += stridesByteCount == 0 ? 0 : 2 + stridesByteCount
    let payloadByteCount = frame.bytes.count
    return ProtobufFrameSize(
      shapeByteCount: shapeByteCount, stridesByteCount: stridesByteCount,
      metadataByteCount: metadataByteCount,
      byteCount: total + 1 + Varint.byteCount(UInt64(payloadByteCount)) + payloadByteCount)
  }

  /// Writes the message; `destination` has room for ``byteCount`` bytes.
  func write(_ frame: Frame, metadata: RawSpan, into destination: inout MutableRawSpan) {
    var offset = 0
    put(ProtobufTag.dtype, UInt64(frame.dtype.wireCode), at: &offset, &destination)
    let unitByteCount = frame.dtype.unitByteCount
    if unitByteCount > 0 {
      put(ProtobufTag.timeUnit, UInt64(unitByteCount), at: &offset, &destination)
      var unit = frame.dtype.packedUnit
      while unit != 0 {
        destination.storeBytes(
          of: UInt8(truncatingIfNeeded: unit), toByteOffset: offset, as: UInt8.self)
        unit >>= 8
        offset += 1
      }
    }
    if shapeByteCount > 0 {
      put(ProtobufTag.shape, UInt64(shapeByteCount), at: &offset, &destination)
      for dimension in frame.shape {
        Varint.write(UInt64(dimension), at: &offset, into: &destination)
      }
    }
    if stridesByteCount > 0, let strides = frame.explicitStrides {
      put(ProtobufTag.strides, UInt64(stridesByteCount), at: &offset, &destination)
      for stride in strides {
        Varint.write(Varint.zigzag(stride), at: &offset, into: &destination)
      }
    }
    if frame.timestampNanoseconds != 0 {
      destination.storeBytes(of: ProtobufTag.timestamp, toByteOffset: offset, as: UInt8.self)
      destination.storeLittleEndian(frame.timestampNanoseconds, at: offset + 1)
      offset += 9
    }
    destination.copy(metadata, at: offset)
    offset += metadataByteCount
    put(ProtobufTag.bytes, UInt64(frame.bytes.count), at: &offset, &destination)
    destination.copy(frame.bytes.bytes, at: offset)
  }

  private func put(
    _ tag: UInt8, _ value: UInt64, at offset: inout Int, _ destination: inout MutableRawSpan
  ) {
    destination.storeBytes(of: tag, toByteOffset: offset, as: UInt8.self)
    offset += 1
    Varint.write(value, at: &offset, into: &destination)
  }
}

extension DataType {
  /// The characters of the unit; 0 for every type but `datetime64`.
  var unitByteCount: Int { (64 - packedUnit.leadingZeroBitCount + 7) / 8 }
}
