// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// The payload bytes and nothing else: measures a store alone.
///
/// Data type, shape, strides, timestamp and metadata are dropped (no capability `frames`); what
/// comes out is a one-dimensional `uint8` frame.
public struct RawSerializer: Serializer {
  /// `raw`.
  public let name = "raw"
  /// None.
  public let throughputClass: ThroughputClass? = nil
  /// Views and exact sizes, but no frames.
  public let capabilities: SerializerCapabilities = [.viewDecoding, .exactSizeKnown]

  /// Creates the serializer.
  public init() {}

  /// The size of the payload.
  @inlinable public func encodedByteCount(of frame: Frame) -> Int? {
    frame.bytes.count
  }

  /// Copies the payload.
  @inlinable public func encode(_ frame: Frame, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let payload = frame.bytes.bytes
    guard payload.byteCount <= destination.byteCount else {
      throw .tooSmall(needed: payload.byteCount, available: destination.byteCount)
    }
    destination.copy(payload, at: 0)
    return payload.byteCount
  }

  /// Copies all bytes into a `uint8` frame; never fails.
  public func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    Frame(
      checkedDtype: .uint8, shape: [bytes.byteCount], strides: nil, timestampNanoseconds: 0,
      metadata: [:], bytes: Data(copying: bytes))
  }

  /// Lends all bytes; never fails by itself.
  @inlinable public func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    var shape = Dimensions()
    // One dimension always fits.
    _ = shape.append(bytes.byteCount)
    let header = FrameHeader(
      checkedDtype: .uint8, shape: shape, strides: nil, timestampNanoseconds: 0,
      metadataRange: 0..<0)
    return try body(header, bytes)
  }
}
