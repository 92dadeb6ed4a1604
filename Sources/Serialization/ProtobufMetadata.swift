// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import SwiftProtobuf

/// Metadata through the generated messages.
enum ProtobufMetadata {
  /// The `metadata` fields of `weir.v1.Frame` and nothing else.
  ///
  /// A message is the concatenation of its fields, so they can be put among others as they are.
  static func encode(_ metadata: [String: MetadataValue]) throws(SerializationError) -> Data {
    var message = WireFrame()
    message.metadata = metadata.mapValues(WireMetadataValue.init)
    do {
      return try message.serializedData()
    } catch {
      throw .unencodable("protobuf", [String: MetadataValue].self, error)
    }
  }

  /// Reads the fields that ``encode(_:)`` wrote; other fields of the message may lie between them.
  static func decode(_ bytes: RawSpan) throws(SerializationError) -> [String: MetadataValue] {
    // A level of our nesting is a value, a list or map, and an entry on the wire.
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 3 * MetadataValue.maximumDepth + 4
    let message: WireFrame
    do {
      message = try WireFrame(serializedBytes: Data(copying: bytes), options: options)
    } catch {
      throw .undecodable("protobuf", [String: MetadataValue].self, error)
    }
    let metadata = message.metadata.mapValues(MetadataValue.init)
    try MetadataValue.validate(metadata)
    return metadata
  }
}

extension WireMetadataValue {
  init(_ value: MetadataValue) {
    switch value {
    case .null: self.init()
    case .bool(let value): self.init(kind: .boolValue(value))
    case .int(let value): self.init(kind: .intValue(value))
    case .double(let value): self.init(kind: .doubleValue(value))
    case .string(let value): self.init(kind: .stringValue(value))
    case .bytes(let value): self.init(kind: .bytesValue(value))
    case .array(let values):
      var array = WireMetadataArray()
      array.values = values.map(WireMetadataValue.init)
      self.init(kind: .arrayValue(array))
    case .map(let values):
      var map = WireMetadataMap()
      map.values = values.mapValues(WireMetadataValue.init)
      self.init(kind: .mapValue(map))
    }
  }

  private init(kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }
}

extension MetadataValue {
  init(_ wire: WireMetadataValue) {
    switch wire.kind {
    case nil: self = .null
    case .boolValue(let value): self = .bool(value)
    case .intValue(let value): self = .int(value)
    case .doubleValue(let value): self = .double(value)
    case .stringValue(let value): self = .string(value)
    case .bytesValue(let value): self = .bytes(value)
    case .arrayValue(let array): self = .array(array.values.map(MetadataValue.init))
    case .mapValue(let map): self = .map(map.values.mapValues(MetadataValue.init))
    }
  }
}
