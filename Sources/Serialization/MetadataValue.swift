// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// One value in a frame's metadata: null, a scalar, text, bytes, or a list or map of values.
public indirect enum MetadataValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case bytes(Data)
  case array([MetadataValue])
  case map([String: MetadataValue])

  /// How deep lists and maps may nest; keeps hostile bytes from exhausting a reader's stack.
  public static let maximumDepth = 32
}

extension MetadataValue: Hashable {
  /// Whether both are the same kind with the same bits: a NaN equals itself, -0.0 is not 0.0.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern
    case (.string(let left), .string(let right)): left == right
    case (.bytes(let left), .bytes(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.map(let left), .map(let right)): left == right
    default: false
    }
  }

  /// Feeds the kind and the bits that `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value.bitPattern)
    case .string(let value): hasher.combine(value)
    case .bytes(let value): hasher.combine(value)
    case .array(let values): hasher.combine(values)
    case .map(let values): hasher.combine(values)
    }
  }
}

extension MetadataValue {
  /// Whether no value lies deeper than `levels`; a scalar is one level.
  func nests(within levels: Int) -> Bool {
    guard levels > 0 else { return false }
    return switch self {
    case .array(let values): values.allSatisfy { $0.nests(within: levels - 1) }
    case .map(let values): values.values.allSatisfy { $0.nests(within: levels - 1) }
    default: true
    }
  }

  /// Throws ``SerializationError/Code-swift.enum/limitExceeded`` when `metadata` nests too deep.
  static func validate(_ metadata: [String: MetadataValue]) throws(SerializationError) {
    for (key, value) in metadata where !value.nests(within: maximumDepth) {
      throw .limitExceeded(
        "the nesting of metadata '\(key)'", maximumDepth, remedy: "flatten the value")
    }
  }
}

extension MetadataValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A `bool`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An `int`.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// A `double`.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A `string`.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An `array`.
  public init(arrayLiteral elements: MetadataValue...) { self = .array(elements) }
  /// A `map`; of equal keys the last wins.
  public init(dictionaryLiteral elements: (String, MetadataValue)...) {
    self = .map(Dictionary(elements) { _, last in last })
  }
}
