// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The medium class: a frame as the protocol buffer message `weir.v1.Frame` of `Proto/frame.proto`.
///
/// Any protocol buffer library reads the bytes. A view's payload is the `bytes` field in place; it
/// is not aligned.
public struct ProtobufSerializer: Serializer {
  /// `protobuf`.
  public let name = "protobuf"
  /// Medium.
  public let throughputClass: ThroughputClass? = .medium
  /// Frames and views, readable by other programs.
  public let capabilities: SerializerCapabilities = [.frames, .viewDecoding, .selfDescribing]

  /// Creates the serializer.
  public init() {}

  /// The size of the message; nil when there is metadata, which only encoding can size.
  public func encodedByteCount(of frame: Frame) -> Int? {
    guard frame.metadata.isEmpty else { return nil }
    return ProtobufFrameSize.measure(frame, metadataByteCount: 0).byteCount
  }

  /// Writes the message in place.
  public func encode(_ frame: Frame, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let metadata = frame.metadata.isEmpty ? Data() : try ProtobufMetadata.encode(frame.metadata)
    return try write(frame, metadata: metadata, into: &destination)
  }

  /// Replaces the bytes of `buffer` with the message.
  public func encode(_ frame: Frame, into buffer: inout EncodeBuffer) throws(SerializationError) {
    let metadata = frame.metadata.isEmpty ? Data() : try ProtobufMetadata.encode(frame.metadata)
    let size = ProtobufFrameSize.measure(frame, metadataByteCount: metadata.count)
    try buffer.replace(byteCount: size.byteCount) { (span) throws(SerializationError) in
      try write(frame, metadata: metadata, into: &span)
    }
  }

  private func write(_ frame: Frame, metadata: Data, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let size = ProtobufFrameSize.measure(frame, metadataByteCount: metadata.count)
    guard size.byteCount <= destination.byteCount else {
      throw .tooSmall(needed: size.byteCount, available: destination.byteCount)
    }
    size.write(frame, metadata: metadata.bytes, into: &destination)
    return size.byteCount
  }

  /// Reads a frame that owns its payload.
  public func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    let (header, payload) = try ProtobufFrameFields(bytes).header()
    return Frame(
      header, metadata: try decodeMetadata(of: header, in: bytes),
      payload: bytes.extracting(payload))
  }

  /// Lends the header and, in place, the payload.
  public func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    let (header, payload) = try ProtobufFrameFields(bytes).header()
    return try body(header, bytes.extracting(payload))
  }

  /// Decodes the metadata fields alone.
  public func decodeMetadata(of header: FrameHeader, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]
  {
    guard header.hasMetadata else { return [:] }
    guard header.metadataRange.upperBound <= bytes.byteCount else {
      throw .malformed("protobuf", "the header belongs to other bytes")
    }
    return try ProtobufMetadata.decode(bytes.extracting(header.metadataRange))
  }
}
