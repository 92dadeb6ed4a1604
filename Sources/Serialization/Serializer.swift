// SPDX-License-Identifier: Apache-2.0

/// How a value becomes bytes and bytes a value.
///
/// Use it generically (`some Serializer`) where messages flow: every call is then direct. Look it
/// up by name with ``SerializerRegistry`` and open the existential once, outside the loop.
///
/// A failure is a ``SerializationError`` and leaves the serializer as it was.
public protocol Serializer: Sendable {
  /// The name in registries and job files: lower-case letters, digits and `-`.
  var name: String { get }
  /// The class the serializer belongs to; nil when it belongs to none.
  var throughputClass: ThroughputClass? { get }
  /// What the serializer can do.
  var capabilities: SerializerCapabilities { get }

  /// The exact size of the encoding, or nil when only encoding tells.
  func encodedByteCount(of frame: Frame) -> Int?

  /// Writes `frame` to the start of `destination` and returns the bytes written.
  ///
  /// - Throws: code `tooSmall`, with the size needed, when it does not fit; the bytes of
  ///   `destination` are unspecified then.
  func encode(_ frame: Frame, into destination: inout MutableRawSpan) throws(SerializationError)
    -> Int

  /// Replaces the bytes of `buffer` with the encoding of `frame`.
  ///
  /// - Throws: code `unsupportedValue`.
  func encode(_ frame: Frame, into buffer: inout EncodeBuffer) throws(SerializationError)

  /// Reads a frame that owns its payload; `bytes` must be one whole encoding and nothing else.
  ///
  /// - Throws: code `malformed`, `invalidFrame` or `limitExceeded`.
  func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame

  /// Lends the header and the payload of an encoded frame to `body`.
  ///
  /// The payload is a part of `bytes` with the capability `viewDecoding`, else of a decoded copy.
  ///
  /// - Throws: as ``decode(_:)``, metadata excepted, and what `body` throws.
  func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R

  /// Decodes the metadata that a view's header points to; `bytes` are those the view was made of.
  ///
  /// - Throws: code `malformed` or `limitExceeded`.
  func decodeMetadata(of header: FrameHeader, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]

  /// Replaces the bytes of `buffer` with the encoding of any value.
  ///
  /// - Throws: code `unsupportedValue` without the capability `codable`, and when the value's own
  ///   `encode(to:)` fails.
  func encode<T: Encodable>(value: T, into buffer: inout EncodeBuffer) throws(SerializationError)

  /// Reads a value that ``encode(value:into:)`` wrote.
  ///
  /// - Throws: code `malformed`, or `unsupportedValue` without the capability `codable`.
  func decode<T: Decodable>(_ type: T.Type, from bytes: RawSpan) throws(SerializationError) -> T
}

extension Serializer {
  /// Encodes in one pass when the size is known beforehand, else tries until the room suffices.
  public func encode(_ frame: Frame, into buffer: inout EncodeBuffer) throws(SerializationError) {
    var byteCount = encodedByteCount(of: frame) ?? (frame.bytes.count + 512)
    while true {
      do {
        try buffer.replace(byteCount: byteCount) { (span) throws(SerializationError) in
          try encode(frame, into: &span)
        }
        return
      } catch {
        // A serializer that asks for what it was given would loop for ever.
        guard error.code == .tooSmall, let needed = error.neededByteCount, needed > byteCount
        else { throw error }
        byteCount = needed
      }
    }
  }

  /// Decodes the whole frame for its metadata.
  public func decodeMetadata(of header: FrameHeader, in bytes: RawSpan) throws(SerializationError)
    -> [String: MetadataValue]
  {
    header.hasMetadata ? try decode(bytes).metadata : [:]
  }

  /// Refuses: only serializers with the capability `codable` carry any value.
  public func encode<T: Encodable>(value: T, into buffer: inout EncodeBuffer)
    throws(SerializationError)
  {
    throw .notCodable(name, T.self)
  }

  /// Refuses: only serializers with the capability `codable` carry any value.
  public func decode<T: Decodable>(_ type: T.Type, from bytes: RawSpan) throws(SerializationError)
    -> T
  {
    throw .notCodable(name, T.self)
  }
}

extension SerializationError {
  static func notCodable<T>(_ serializer: String, _ type: T.Type) -> SerializationError {
    SerializationError(
      .unsupportedValue,
      "'\(serializer)' carries only Frame, not \(type); "
        + "use class small ('plist' or 'json'), or put the value into a Frame")
  }
}
