// SPDX-License-Identifier: Apache-2.0

extension TensorLayout {
  /// Writes everything before the payload; `destination` has room for it.
  @inlinable @inline(__always)
  func writeHeader(of frame: Frame, payloadByteCount: Int, into destination: inout MutableRawSpan) {
    // The padding lies in the last line before the payload; what else is there is written next.
    destination.storeBytes(
      of: SIMD8<UInt64>(), toByteOffset: payloadOffset &- Self.alignment, as: SIMD8<UInt64>.self)
    let rank = frame.shape.count
    let flags: UInt8 = frame.isRowMajor ? 0 : Self.stridedFlag
    // One store for magic, version, dtype, rank and flags.
    let head =
      UInt64(Self.magic) | UInt64(Self.version) << 32 | UInt64(frame.dtype.wireCode) << 40
      | UInt64(UInt8(truncatingIfNeeded: rank)) << 48 | UInt64(flags) << 56
    destination.storeLittleEndian(head, at: 0)
    destination.storeLittleEndian(frame.timestampNanoseconds, at: 8)
    destination.storeLittleEndian(UInt32(truncatingIfNeeded: headerByteCount), at: 16)
    destination.storeLittleEndian(UInt32(truncatingIfNeeded: metadataByteCount), at: 20)
    destination.storeLittleEndian(UInt64(payloadOffset), at: 24)
    destination.storeLittleEndian(UInt64(payloadByteCount), at: 32)
    // The upper half is the reserved zero.
    destination.storeLittleEndian(UInt64(headerByteCount), at: 40)
    var offset = Self.fixedByteCount
    for dimension in frame.shape {
      destination.storeLittleEndian(dimension, at: offset)
      offset &+= 8
    }
    if let strides = frame.explicitStrides {
      for stride in strides {
        destination.storeLittleEndian(stride, at: offset)
        offset &+= 8
      }
    }
    if frame.dtype.packedUnit != 0 {
      destination.storeLittleEndian(frame.dtype.packedUnit, at: offset)
      offset &+= 8
    }
    if metadataByteCount > 0 {
      TensorMetadata.write(frame.metadata, at: &offset, into: &destination)
    }
  }
}
