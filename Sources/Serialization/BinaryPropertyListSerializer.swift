// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The small class's default: any `Codable` value as a binary property list.
///
/// Frames take a direct path that writes in place and reads views in place; the bytes are those
/// that Foundation's `PropertyListDecoder` reads. Everything else goes through Foundation.
public struct BinaryPropertyListSerializer: Serializer {
  /// `plist`.
  public let name = "plist"
  /// Small.
  public let throughputClass: ThroughputClass? = .small
  /// Everything.
  public let capabilities: SerializerCapabilities = [
    .frames, .codable, .viewDecoding, .exactSizeKnown, .selfDescribing,
  ]

  private let encoder: PropertyListEncoder
  private let decoder = PropertyListDecoder()

  /// Creates the serializer with its encoder and decoder, which are never changed afterwards.
  public init() {
    encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
  }

  /// Objects, offset table and trailer.
  public func encodedByteCount(of frame: Frame) -> Int? {
    PropertyListSize.measure(frame).byteCount
  }

  /// Writes the property list in place.
  public func encode(_ frame: Frame, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let size = PropertyListSize.measure(frame)
    guard size.byteCount <= destination.byteCount else {
      throw .tooSmall(needed: size.byteCount, available: destination.byteCount)
    }
    return write(frame, size, into: &destination)
  }

  /// Replaces the bytes of `buffer`; measures the frame once.
  public func encode(_ frame: Frame, into buffer: inout EncodeBuffer) throws(SerializationError) {
    let size = PropertyListSize.measure(frame)
    buffer.replace(byteCount: size.byteCount) { write(frame, size, into: &$0) }
  }

  private func write(
    _ frame: Frame, _ size: PropertyListSize, into destination: inout MutableRawSpan
  ) -> Int {
    var writer = PropertyListWriter(size, into: &destination)
    writer.write(frame, into: &destination)
    return size.byteCount
  }

  /// Reads a frame that owns its payload.
  public func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    let table = try PropertyListTable(bytes)
    let (header, payload) = try table.readFrame(bytes)
    let metadata =
      header.hasMetadata
      ? try table.readMetadata(at: header.metadataRange.lowerBound, in: bytes) : [:]
    return Frame(header, metadata: metadata, payload: bytes.extracting(payload))
  }

  /// Lends the header and, in place, the payload.
  public func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    let (header, payload) = try PropertyListTable(bytes).readFrame(bytes)
    return try body(header, bytes.extracting(payload))
  }

  /// Decodes the metadata alone.
  public func decodeMetadata(of header: FrameHeader, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]
  {
    guard header.hasMetadata else { return [:] }
    return try PropertyListTable(bytes).readMetadata(
      at: header.metadataRange.lowerBound, in: bytes)
  }

  /// Replaces the bytes of `buffer` with the property list of `value`.
  public func encode<T: Encodable>(value: T, into buffer: inout EncodeBuffer)
    throws(SerializationError)
  {
    do {
      buffer.replace(with: try encoder.encode(value))
    } catch {
      let first = error
      do {
        buffer.replace(with: try encoder.encode(Fragment(fragment: value)))
      } catch {
        throw .unencodable("binary property list", T.self, first)
      }
    }
  }

  /// Parses a value.
  public func decode<T: Decodable>(_ type: T.Type, from bytes: RawSpan) throws(SerializationError)
    -> T
  {
    let data = Data(copying: bytes)
    do {
      return try decoder.decode(type, from: data)
    } catch {
      if let wrapped = try? decoder.decode(Fragment<T>.self, from: data) { return wrapped.fragment }
      throw .undecodable("binary property list", type, error)
    }
  }
}

/// A property list cannot have a bare scalar at its root, so one travels in a map.
private struct Fragment<T> {
  let fragment: T
}

extension Fragment: Encodable where T: Encodable {}
extension Fragment: Decodable where T: Decodable {}
