// SPDX-License-Identifier: Apache-2.0

// The flat tensor layout, version 1. Little-endian on every machine; offsets from the first byte.
//
//      0        1        2        3        4        5        6        7
//     +--------+--------+--------+--------+--------+--------+--------+--------+
//   0 |  'W'      'T'      'N'      'S'   | version|  dtype |  rank  | flags  |
//     +--------+--------+--------+--------+--------+--------+--------+--------+
//   8 |                      timestamp, nanoseconds (i64)                     |
//     +-----------------------------------+-----------------------------------+
//  16 |       metadata offset (u32)       |       metadata length (u32)       |
//     +-----------------------------------+-----------------------------------+
//  24 |                         payload offset (u64)                          |
//     +-----------------------------------------------------------------------+
//  32 |                         payload length (u64)                          |
//     +-----------------------------------------------------------------------+
//  40 |       header length (u32)         |        zero (u32)                 |
//     +-----------------------------------+-----------------------------------+
//  48 |  shape[rank] (i64 each)                                               |
//     |  strides[rank] in bytes (i64 each), only with flag 1: not row-major   |
//     |  unit (8 ASCII bytes, zero-padded), only with dtype datetime64        |
//     +-----------------------------------------------------------------------+  header length
//     |  metadata section (TensorMetadata.swift), may be empty                |
//     |  zeros up to the next multiple of 64                                  |
//     +-----------------------------------------------------------------------+  payload offset
//     |  payload                                                              |
//     +-----------------------------------------------------------------------+  end of message
//
// Invariants, all checked before a byte is used: metadata offset == header length == what rank,
// flags and dtype imply; payload offset == the next multiple of 64 after the metadata; payload
// offset + payload length == the size of the message. So a vector of up to 16 words' header and a
// 64-byte payload are two cache lines, and nothing in the message is out of reach of a check.

/// Where things lie in one encoded tensor.
@usableFromInline
struct TensorLayout {
  /// `WTNS` in memory order.
  @inlinable static var magic: UInt32 { 0x534E_5457 }
  @inlinable static var version: UInt8 { 1 }
  /// The header without shape, strides and unit.
  @inlinable static var fixedByteCount: Int { 48 }
  /// A cache line, and the widest vector load.
  @inlinable static var alignment: Int { 64 }
  @inlinable static var stridedFlag: UInt8 { 1 }
  /// The metadata section's bytes must fit its 32-bit fields; more belongs into the payload.
  static var maximumMetadataByteCount: Int { 1 << 30 }

  @usableFromInline let headerByteCount: Int
  @usableFromInline let metadataByteCount: Int

  @inlinable init(headerByteCount: Int, metadataByteCount: Int) {
    self.headerByteCount = headerByteCount
    self.metadataByteCount = metadataByteCount
  }

  /// The layout of `frame`; costs nothing to speak of without metadata.
  ///
  /// Not an initialiser, because that would own its argument: four reference counts up and down.
  @inlinable @inline(__always)
  static func measure(_ frame: Frame) -> TensorLayout {
    TensorLayout(
      headerByteCount: headerByteCount(
        rank: frame.shape.count, isStrided: !frame.isRowMajor,
        hasUnit: frame.dtype.packedUnit != 0),
      metadataByteCount: frame.metadata.isEmpty ? 0 : TensorMetadata.byteCount(of: frame.metadata))
  }

  /// The first multiple of 64 after the metadata.
  @inlinable var payloadOffset: Int {
    (headerByteCount &+ metadataByteCount &+ (Self.alignment &- 1)) & ~(Self.alignment &- 1)
  }

  @inlinable static func headerByteCount(rank: Int, isStrided: Bool, hasUnit: Bool) -> Int {
    fixedByteCount &+ rank &* (isStrided ? 16 : 8) &+ (hasUnit ? 8 : 0)
  }
}
