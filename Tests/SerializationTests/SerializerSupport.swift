// SPDX-License-Identifier: Apache-2.0

import Serialization
import Testing

/// The names of all built-in serializers that carry whole frames.
let frameSerializerNames = ["plist", "json", "protobuf", "tensor"]

extension Serializer {
  /// The encoding as an array.
  func encoded(_ frame: Frame) throws -> [UInt8] {
    var buffer = EncodeBuffer()
    try encode(frame, into: &buffer)
    return buffer.array
  }

  /// Decodes an array.
  func decode(_ bytes: [UInt8]) throws -> Frame {
    try decode(bytes.span.bytes)
  }
}

extension EncodeBuffer {
  /// The bytes as an array.
  var array: [UInt8] {
    withBytes { $0.withUnsafeBytes { Array($0) } }
  }
}

/// A look-up that every parameterised test starts with.
func serializer(_ name: String) throws -> any Serializer {
  try SerializerRegistry.standard.serializer(named: name)
}

/// Fails unless `body` throws a `SerializationError` with one of `codes`.
func expectError(
  _ codes: SerializationError.Code..., sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("expected \(codes), got no error", sourceLocation: sourceLocation)
  } catch let error as SerializationError {
    #expect(codes.contains(error.code), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains { $0.isNewline }, sourceLocation: sourceLocation)
  } catch {
    Issue.record("expected \(codes), got \(error)", sourceLocation: sourceLocation)
  }
}
