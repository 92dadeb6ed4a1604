// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// A tensor and what is known about it: the value that every serializer class carries bit for bit.
///
/// Two frames are equal when every field is, the payload byte by byte.
public struct Frame: Sendable, Equatable {
  /// What one element is.
  public let dtype: DataType
  /// The dimensions, slowest first in row-major order; empty for a scalar. Any may be 0.
  public let shape: [Int]
  /// Strides that are not row-major; nil in the common case, so that it costs no memory.
  @usableFromInline let explicitStrides: [Int]?
  /// When the frame was made, in nanoseconds of a clock that producer and customer agree on.
  public var timestampNanoseconds: Int64
  /// Named values beside the payload.
  public let metadata: [String: MetadataValue]
  /// The elements in little-endian order, laid out by ``strides``.
  public internal(set) var bytes: Data

  /// Creates a frame around `bytes` without copying them.
  ///
  /// - Parameters:
  ///   - strides: In bytes, one per dimension; row-major when nil.
  ///   - timestampNanoseconds: 0 by default.
  ///   - metadata: Empty by default.
  /// - Throws: ``SerializationError`` with code `invalidFrame` when shape, strides and bytes
  ///   contradict each other, `limitExceeded` for more than ``Dimensions/maximumCount`` dimensions
  ///   or metadata deeper than ``MetadataValue/maximumDepth``.
  public init(
    dtype: DataType, shape: [Int], strides: [Int]? = nil, timestampNanoseconds: Int64 = 0,
    metadata: [String: MetadataValue] = [:], bytes: Data
  ) throws(SerializationError) {
    guard shape.count <= Dimensions.maximumCount else {
      throw .limitExceeded(
        "rank \(shape.count)", Dimensions.maximumCount, remedy: "merge dimensions")
    }
    try FrameLayout.validate(
      dtype: dtype, shape: shape, strides: strides, byteCount: bytes.count)
    try MetadataValue.validate(metadata)
    self.init(
      checkedDtype: dtype, shape: shape, strides: strides,
      timestampNanoseconds: timestampNanoseconds, metadata: metadata, bytes: bytes)
  }

  /// Creates a frame from parts that have passed the checks of the public initialiser.
  init(
    checkedDtype dtype: DataType, shape: [Int], strides: [Int]?, timestampNanoseconds: Int64,
    metadata: [String: MetadataValue], bytes: Data
  ) {
    self.dtype = dtype
    self.shape = shape
    let isRowMajor =
      strides.map {
        $0 == FrameLayout.rowMajorStrides(of: shape, itemByteCount: dtype.itemByteCount)
      } ?? true
    explicitStrides = isRowMajor ? nil : strides
    self.timestampNanoseconds = timestampNanoseconds
    self.metadata = metadata
    self.bytes = bytes
  }

  /// The distance in bytes between neighbours along each dimension.
  public var strides: [Int] {
    explicitStrides ?? FrameLayout.rowMajorStrides(of: shape, itemByteCount: dtype.itemByteCount)
  }

  /// Whether the elements lie packed with the last index fastest.
  @inlinable public var isRowMajor: Bool { explicitStrides == nil }

  /// The strides in bytes that make `shape` column-major (Fortran order).
  ///
  /// - Precondition: no dimension is negative.
  public static func fortranStrides(shape: [Int], dtype: DataType) -> [Int] {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative dimension")
    return FrameLayout.columnMajorStrides(of: shape, itemByteCount: dtype.itemByteCount)
  }

  /// Lets `body` change the payload in place; copies it first when another frame shares it.
  public mutating func withMutableBytes<R, E: Error>(
    _ body: (inout MutableRawSpan) throws(E) -> R
  ) throws(E) -> R {
    var span = bytes.mutableBytes
    return try body(&span)
  }
}
