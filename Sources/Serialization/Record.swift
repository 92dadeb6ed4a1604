// SPDX-License-Identifier: Apache-2.0

/// Any value with a frame's metadata and timestamp: what the small class carries besides frames.
public struct Record<Value> {
  /// The value itself.
  public var value: Value
  /// When the record was made, in nanoseconds.
  public var timestampNanoseconds: Int64
  /// Named values beside it.
  public var metadata: [String: MetadataValue]

  /// Creates a record; timestamp 0 and no metadata by default.
  public init(
    _ value: Value, timestampNanoseconds: Int64 = 0, metadata: [String: MetadataValue] = [:]
  ) {
    self.value = value
    self.timestampNanoseconds = timestampNanoseconds
    self.metadata = metadata
  }
}

extension Record: Sendable where Value: Sendable {}
extension Record: Equatable where Value: Equatable {}
extension Record: Encodable where Value: Encodable {}
extension Record: Decodable where Value: Decodable {}
