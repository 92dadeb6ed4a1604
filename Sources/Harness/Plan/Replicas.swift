// SPDX-License-Identifier: Apache-2.0

/// What customers on other NUMA nodes than the segment read.
public enum Replicas: String, Codable, CaseIterable, Sendable, CustomStringConvertible {
  /// The producer's segment, wherever they sit.
  case none
  /// A copy on their own node, which one relay there feeds: each message crosses once per node.
  case perNode = "per-node"

  public var description: String { rawValue }
}
