// SPDX-License-Identifier: Apache-2.0

/// The three kinds of serializer, by the data they are for.
public enum ThroughputClass: String, Sendable, CaseIterable, Codable {
  /// Any `Codable` value with metadata.
  case small
  /// Arrays and records of moderate size.
  case medium
  /// Arrays of any size, read in place.
  case large
}

/// What a serializer can do.
public struct SerializerCapabilities: OptionSet, Sendable, Hashable {
  /// One bit per capability.
  public let rawValue: UInt8

  /// Creates a set from its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Every field of a ``Frame`` survives; without it only the payload does.
  public static let frames = SerializerCapabilities(rawValue: 1 << 0)
  /// Any `Codable` value can be carried.
  public static let codable = SerializerCapabilities(rawValue: 1 << 1)
  /// A view's payload is the encoded bytes themselves: nothing is copied to read it.
  public static let viewDecoding = SerializerCapabilities(rawValue: 1 << 2)
  /// ``Serializer/encodedByteCount(of:)`` is never nil.
  public static let exactSizeKnown = SerializerCapabilities(rawValue: 1 << 3)
  /// Other programs can read the bytes without Weir's source.
  public static let selfDescribing = SerializerCapabilities(rawValue: 1 << 4)
}
