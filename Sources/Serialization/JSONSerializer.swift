// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The small class as text: any `Codable` value as JSON, a frame's payload as base64.
///
/// NaN and infinities in a value's own floating-point fields travel as the strings `nan`, `inf`
/// and `-inf`.
public struct JSONSerializer: Serializer {
  /// `json`.
  public let name = "json"
  /// Small.
  public let throughputClass: ThroughputClass? = .small
  /// Frames and any `Codable`, readable by other programs.
  public let capabilities: SerializerCapabilities = [.frames, .codable, .selfDescribing]

  private let encoder: JSONEncoder
  private let decoder: JSONDecoder

  /// Creates the serializer with its encoder and decoder, which are never changed afterwards.
  public init() {
    encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  /// Nil: escapes in metadata decide.
  public func encodedByteCount(of frame: Frame) -> Int? { nil }

  /// Writes the text into `destination`.
  public func encode(_ frame: Frame, into destination: inout MutableRawSpan)
    throws(SerializationError) -> Int
  {
    let data = try encodeData(frame)
    guard data.count <= destination.byteCount else {
      throw .tooSmall(needed: data.count, available: destination.byteCount)
    }
    destination.copy(data.bytes, at: 0)
    return data.count
  }

  /// Replaces the bytes of `buffer` with the text.
  public func encode(_ frame: Frame, into buffer: inout EncodeBuffer) throws(SerializationError) {
    try encode(value: frame, into: &buffer)
  }

  /// Parses a frame.
  public func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    try decode(Frame.self, from: bytes)
  }

  /// Lends a decoded copy.
  public func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    let frame = try decode(bytes)
    return try body(FrameHeader(of: frame, encodedByteCount: bytes.byteCount), frame.bytes.bytes)
  }

  /// Replaces the bytes of `buffer` with the JSON text of `value`.
  public func encode<T: Encodable>(value: T, into buffer: inout EncodeBuffer)
    throws(SerializationError)
  {
    buffer.replace(with: try encodeData(value))
  }

  /// Parses a value.
  public func decode<T: Decodable>(_ type: T.Type, from bytes: RawSpan) throws(SerializationError)
    -> T
  {
    do {
      return try decoder.decode(type, from: Data(copying: bytes))
    } catch {
      throw .undecodable("JSON", type, error)
    }
  }

  private func encodeData<T: Encodable>(_ value: T) throws(SerializationError) -> Data {
    do {
      return try encoder.encode(value)
    } catch {
      throw .unencodable("JSON", T.self, error)
    }
  }
}

extension FrameHeader {
  /// The header of a decoded frame, whose metadata lies somewhere in `encodedByteCount` bytes.
  init(of frame: Frame, encodedByteCount: Int) {
    // A frame never has more dimensions than fit.
    self.init(
      checkedDtype: frame.dtype, shape: Dimensions(frame.shape) ?? Dimensions(),
      strides: frame.explicitStrides.flatMap { Dimensions($0) },
      timestampNanoseconds: frame.timestampNanoseconds,
      metadataRange: 0..<(frame.metadata.isEmpty ? 0 : encodedByteCount))
  }
}
