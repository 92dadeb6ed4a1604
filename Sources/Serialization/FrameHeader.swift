// SPDX-License-Identifier: Apache-2.0

/// What a view says about a frame without touching its payload or decoding its metadata.
///
/// A plain value without heap memory; it may outlive the bytes it was read from.
public struct FrameHeader: Sendable, Equatable {
  /// What one element is.
  public let dtype: DataType
  /// The dimensions, slowest first in row-major order; empty for a scalar.
  public let shape: Dimensions
  /// When the frame was made, in nanoseconds.
  public let timestampNanoseconds: Int64
  /// Where in the encoded bytes the metadata lies, empty when there is none; a hint for
  /// ``Serializer/decodeMetadata(of:in:)``.
  public let metadataRange: Range<Int>
  /// Whether ``explicitStrides`` counts.
  @usableFromInline let hasExplicitStrides: Bool
  @usableFromInline let explicitStrides: Dimensions

  @inlinable init(
    checkedDtype dtype: DataType, shape: Dimensions, strides: Dimensions?,
    timestampNanoseconds: Int64, metadataRange: Range<Int>
  ) {
    self.dtype = dtype
    self.shape = shape
    self.timestampNanoseconds = timestampNanoseconds
    self.metadataRange = metadataRange
    hasExplicitStrides = strides != nil
    explicitStrides = strides ?? Dimensions()
  }

  /// Creates a header for a payload of `payloadByteCount` bytes; serializers call it for views.
  ///
  /// - Throws: ``SerializationError`` with code `invalidFrame` when shape, strides and byte count
  ///   contradict each other.
  @inlinable public init(
    dtype: DataType, shape: Dimensions, strides: Dimensions?, timestampNanoseconds: Int64,
    metadataRange: Range<Int>, payloadByteCount: Int
  ) throws(SerializationError) {
    try FrameLayout.validate(
      dtype: dtype, shape: shape, strides: strides, byteCount: payloadByteCount)
    self.init(
      checkedDtype: dtype, shape: shape, strides: strides,
      timestampNanoseconds: timestampNanoseconds, metadataRange: metadataRange)
  }

  /// The distance in bytes between neighbours along each dimension.
  public var strides: Dimensions {
    if hasExplicitStrides { return explicitStrides }
    let strides = FrameLayout.rowMajorStrides(of: shape, itemByteCount: dtype.itemByteCount)
    return Dimensions(strides) ?? Dimensions()
  }

  /// Whether the elements lie packed with the last index fastest.
  public var isRowMajor: Bool {
    guard hasExplicitStrides else { return true }
    return explicitStrides.elementsEqual(
      FrameLayout.rowMajorStrides(of: shape, itemByteCount: dtype.itemByteCount))
  }

  /// Whether the encoding holds metadata.
  @inlinable public var hasMetadata: Bool { !metadataRange.isEmpty }

  /// Lends the elements of a view's payload in storage order; copies only when it is misaligned.
  ///
  /// - Throws: as ``Frame/withElements(of:_:)``.
  public func withElements<Element: FrameElement, R>(
    of type: Element.Type, in payload: RawSpan,
    _ body: (Span<Element>) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    try FrameElements.lend(payload, dtype, as: type, body)
  }
}
