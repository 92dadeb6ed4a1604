// SPDX-License-Identifier: Apache-2.0
public import Serialization

/// A value that producers put and customers get: anything that serializers can turn into bytes.
///
/// A list store passes it by reference, so it must be immutable as far as others can see: a value
/// type, or a class that never changes.
public protocol TransportItem: Sendable {
  /// What the item counts in a producer's byte budget, the same for every store.
  ///
  /// By default the memory of the value itself (`MemoryLayout.size`), without what it refers to: what
  /// a value encodes to is only known afterwards. Types that refer to much should tell better.
  var payloadByteCount: Int { get }
  /// The exact size of the encoding, or nil when only encoding tells.
  func encodedByteCount(with serializer: any Serializer) -> Int?
  /// Writes the encoding to the start of `destination` and returns its size.
  func encode(
    with serializer: any Serializer, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int
  /// Replaces the buffer's bytes with the encoding.
  func encode(
    with serializer: any Serializer, into buffer: inout EncodeBuffer
  ) throws(SerializationError)
  /// Reads a value that owns all it holds.
  static func decode(
    _ bytes: RawSpan, with serializer: any Serializer
  ) throws(SerializationError) -> Self
  /// What a serializer must be able to do to carry this type.
  static var requiredCapabilities: SerializerCapabilities { get }
}

extension TransportItem {
  @inlinable
  public var payloadByteCount: Int { MemoryLayout<Self>.size }
}

extension Frame: TransportItem {
  /// The bytes of the elements, without header and metadata.
  @inlinable
  public var payloadByteCount: Int { bytes.count }

  @inlinable
  public func encodedByteCount(with serializer: any Serializer) -> Int? {
    serializer.encodedByteCount(of: self)
  }

  @inlinable
  public func encode(
    with serializer: any Serializer, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int {
    try serializer.encode(self, into: &destination)
  }

  @inlinable
  public func encode(
    with serializer: any Serializer, into buffer: inout EncodeBuffer
  ) throws(SerializationError) {
    try serializer.encode(self, into: &buffer)
  }

  @inlinable
  public static func decode(
    _ bytes: RawSpan, with serializer: any Serializer
  ) throws(SerializationError) -> Frame {
    try serializer.decode(bytes)
  }

  /// None: every serializer carries a frame's payload; those without `frames` only that.
  public static var requiredCapabilities: SerializerCapabilities { [] }
}

/// Any `Codable` value as an item, for serializers with the capability `codable`.
///
/// In a byte budget it counts as the memory of the value itself, without what it refers to: a string
/// of a million characters counts 16 bytes. Give such values a ``TransportItem`` type of their own.
public struct CodableItem<Value: Codable & Sendable>: TransportItem {
  public let value: Value

  public init(_ value: Value) { self.value = value }

  public func encodedByteCount(with serializer: any Serializer) -> Int? { nil }

  public func encode(
    with serializer: any Serializer, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int {
    throw SerializationError(
      .unsupportedValue, "a Codable value is encoded into a buffer; its size is not known before")
  }

  public func encode(
    with serializer: any Serializer, into buffer: inout EncodeBuffer
  ) throws(SerializationError) {
    try serializer.encode(value: value, into: &buffer)
  }

  public static func decode(
    _ bytes: RawSpan, with serializer: any Serializer
  ) throws(SerializationError) -> Self {
    Self(try serializer.decode(Value.self, from: bytes))
  }

  public static var requiredCapabilities: SerializerCapabilities { .codable }
}
