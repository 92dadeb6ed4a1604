// SPDX-License-Identifier: Apache-2.0

/// The caches of one level, kind and size; a hybrid machine has several entries per level.
public struct CacheSize: Hashable, Sendable, Codable {
  /// What a cache holds.
  public enum Contents: String, Hashable, Sendable, Codable {
    case data, instruction, unified
  }

  /// 1 for L1, and so on.
  public let level: Int

  public let contents: Contents

  /// Size of one cache; nil when unknown.
  public let sizeBytes: Int?

  /// Cache line; nil when unknown.
  public let lineBytes: Int?

  /// How many such caches the machine has.
  public let instances: Int

  /// How many PUs share one.
  public let sharedByPUs: Int

  /// "L1d", "L1i", "L2", "L3".
  public var name: String {
    switch contents {
    case .data: "L\(level)d"
    case .instruction: "L\(level)i"
    case .unified: "L\(level)"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case level, contents, instances
    case sizeBytes = "size_bytes"
    case lineBytes = "line_bytes"
    case sharedByPUs = "shared_by_pus"
  }

  /// Unknown is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(level, forKey: .level)
    try container.encode(contents, forKey: .contents)
    try container.encode(instances, forKey: .instances)
    try container.encode(sizeBytes, forKey: .sizeBytes)
    try container.encode(lineBytes, forKey: .lineBytes)
    try container.encode(sharedByPUs, forKey: .sharedByPUs)
  }
}
