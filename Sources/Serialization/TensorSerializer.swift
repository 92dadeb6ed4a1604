// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// The large class: a flat header, then the payload as it is, aligned to 64 bytes.
///
/// Encoding copies the payload once, straight into the destination; a view copies nothing. Without
/// metadata neither allocates. The layout is drawn in `TensorLayout.swift`.
public struct TensorSerializer: Serializer {
  /// `tensor`.
  public let name = "tensor"
  /// Large.
  public let throughputClass: ThroughputClass? = .large
  /// Frames, views and exact sizes.
  public let capabilities: SerializerCapabilities = [.frames, .viewDecoding, .exactSizeKnown]

  /// Creates the serializer.
  @inlinable public init() {}

  /// Header, metadata, padding and payload.
  @inlinable public func encodedByteCount(of frame: Frame) -> Int? {
    TensorLayout.measure(frame).payloadOffset + frame.bytes.count
  }

  /// Writes the tensor in place.
  ///
  /// - Throws: code `tooSmall`; `limitExceeded` when the metadata takes more than a gibibyte.
  @inlinable public func encode(_ frame: Frame, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let layout = TensorLayout.measure(frame)
    let payload = frame.bytes.bytes
    let byteCount = layout.payloadOffset &+ payload.byteCount
    guard byteCount <= destination.byteCount else {
      throw .tooSmall(needed: byteCount, available: destination.byteCount)
    }
    if layout.metadataByteCount > 0 { try layout.checkMetadataByteCount() }
    layout.writeHeader(of: frame, payloadByteCount: payload.byteCount, into: &destination)
    destination.copy(payload, at: layout.payloadOffset)
    return byteCount
  }

  /// Reads a frame that owns its payload.
  public func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    let (header, payloadOffset) = try TensorLayout.read(bytes)
    return Frame(
      header, metadata: try decodeMetadata(of: header, in: bytes),
      payload: bytes.extracting(payloadOffset...))
  }

  /// Lends the header and, in place, the payload.
  @inlinable public func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    let (header, payloadOffset) = try TensorLayout.read(bytes)
    return try body(header, bytes.extracting(droppingFirst: payloadOffset))
  }

  /// Decodes the metadata section alone.
  public func decodeMetadata(of header: FrameHeader, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]
  {
    guard header.hasMetadata else { return [:] }
    guard header.metadataRange.upperBound <= bytes.byteCount else {
      throw .malformed("tensor", "the header belongs to other bytes")
    }
    return try TensorMetadata.read(bytes.extracting(header.metadataRange))
  }
}

extension TensorLayout {
  @usableFromInline func checkMetadataByteCount() throws(SerializationError) {
    guard metadataByteCount <= Self.maximumMetadataByteCount else {
      throw .limitExceeded(
        "metadata of \(metadataByteCount) bytes", Self.maximumMetadataByteCount,
        remedy: "move it into the payload")
    }
  }
}

extension Frame {
  /// Creates a frame from a checked header with a copy of `payload`.
  init(_ header: FrameHeader, metadata: [String: MetadataValue], payload: RawSpan) {
    self.init(
      checkedDtype: header.dtype, shape: Array(header.shape),
      strides: header.hasExplicitStrides ? Array(header.explicitStrides) : nil,
      timestampNanoseconds: header.timestampNanoseconds, metadata: metadata,
      bytes: Data(copying: payload))
  }
}
