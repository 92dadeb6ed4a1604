// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A map of `dtype` (its name), `shape`, `strides` (unless row-major), `timestampNanoseconds`,
/// `metadata` (unless empty) and `bytes`, one data field.
extension Frame: Codable {
  enum Field: String, CodingKey {
    case dtype, shape, strides, timestampNanoseconds, metadata, bytes
  }

  /// Writes the map.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(dtype.name, forKey: .dtype)
    try container.encode(shape, forKey: .shape)
    if let explicitStrides { try container.encode(explicitStrides, forKey: .strides) }
    try container.encode(timestampNanoseconds, forKey: .timestampNanoseconds)
    if !metadata.isEmpty { try container.encode(metadata, forKey: .metadata) }
    try container.encode(bytes, forKey: .bytes)
  }

  /// Reads the map; throws `DecodingError`, or what the validating initialiser throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Field.self)
    let name = try container.decode(String.self, forKey: .dtype)
    guard let dtype = DataType(name: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .dtype, in: container, debugDescription: "unknown data type '\(name)'")
    }
    try self.init(
      dtype: dtype, shape: try container.decode([Int].self, forKey: .shape),
      strides: try container.decodeIfPresent([Int].self, forKey: .strides),
      timestampNanoseconds: try container.decode(Int64.self, forKey: .timestampNanoseconds),
      metadata: try container.decodeIfPresent([String: MetadataValue].self, forKey: .metadata)
        ?? [:],
      bytes: try container.decode(Data.self, forKey: .bytes))
  }
}
