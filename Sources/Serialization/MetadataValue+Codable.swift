// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Every value is a map with one key, its kind: `{"int": 5}`, `{"map": {"gain": {"double": 0.5}}}`.
///
/// Named kinds keep what JSON and property lists blur: 1 and 1.0, text and bytes, null and absent.
extension MetadataValue: Codable {
  enum Kind: String, CodingKey, CaseIterable {
    case null, bool, int, double
    /// A double that text formats would change (NaN, infinities, -0.0), as its 64 bits.
    case doubleBits
    case string, bytes, array, map
  }

  /// Whether decimal text keeps the bits of `value`.
  static func isPlain(_ value: Double) -> Bool {
    value.isFinite && (value != 0 || value.sign == .plus)
  }

  /// Writes the value as a map with one key.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .null: try container.encode(true, forKey: .null)
    case .bool(let value): try container.encode(value, forKey: .bool)
    case .int(let value): try container.encode(value, forKey: .int)
    case .double(let value) where Self.isPlain(value):
      try container.encode(value, forKey: .double)
    case .double(let value):
      try container.encode(Int64(bitPattern: value.bitPattern), forKey: .doubleBits)
    case .string(let value): try container.encode(value, forKey: .string)
    case .bytes(let value): try container.encode(value, forKey: .bytes)
    case .array(let values): try container.encode(values, forKey: .array)
    case .map(let values): try container.encode(values, forKey: .map)
    }
  }

  /// Reads a map with one key; throws `DecodingError` for anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a metadata value is a map with exactly one key, its kind"))
    }
    // Stops hostile nesting on the way down: a level is two keys, the rest is the owner's path.
    guard decoder.codingPath.count < Self.maximumDepth * 3 + 8 else { throw Self.tooDeep }
    switch kind {
    case .null: self = .null
    case .bool: self = .bool(try container.decode(Bool.self, forKey: kind))
    case .int: self = .int(try container.decode(Int64.self, forKey: kind))
    case .double: self = .double(try container.decode(Double.self, forKey: kind))
    case .doubleBits:
      let bits = try container.decode(Int64.self, forKey: kind)
      self = .double(Double(bitPattern: UInt64(bitPattern: bits)))
    case .string: self = .string(try container.decode(String.self, forKey: kind))
    case .bytes: self = .bytes(try container.decode(Data.self, forKey: kind))
    case .array: self = .array(try container.decode([MetadataValue].self, forKey: kind))
    case .map: self = .map(try container.decode([String: MetadataValue].self, forKey: kind))
    }
    guard nests(within: Self.maximumDepth) else { throw Self.tooDeep }
  }

  private static var tooDeep: DecodingError {
    .dataCorrupted(
      .init(codingPath: [], debugDescription: "metadata nests deeper than \(maximumDepth) levels"))
  }
}
