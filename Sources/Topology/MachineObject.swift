// SPDX-License-Identifier: Apache-2.0

/// The kinds of object a seat can name, outermost first.
public enum ObjectKind: String, CaseIterable, Hashable, Sendable, Codable {
  case package, numa, l3, core, pu

  /// The word in a seat expression, also under its other common names.
  init?(keyword: some StringProtocol) {
    switch keyword {
    case "package", "pack", "socket": self = .package
    case "numa", "node": self = .numa
    case "l3": self = .l3
    case "core": self = .core
    case "pu": self = .pu
    default: return nil
    }
  }

  /// The noun for messages, without an article.
  public var noun: String {
    switch self {
    case .package: "package"
    case .numa: "NUMA node"
    case .l3: "L3 cache"
    case .core: "core"
    case .pu: "PU"
    }
  }
}

/// One part of a machine, as hwloc describes it.
public struct MachineObject: Hashable, Sendable {
  public let kind: ObjectKind

  /// hwloc's number: dense, from 0, in machine order. Seat expressions use it.
  public let logicalIndex: Int

  /// The operating system's number, nil when it has none (caches, some virtual machines).
  public let osIndex: Int?

  /// The CPUs inside the object; for a NUMA node those that belong to it, none for a CPU-less one.
  public let cpuset: CPUSet

  /// The NUMA nodes near the object; the node itself for a NUMA node.
  public let nodeset: NodeSet

  /// Local memory of a NUMA node in bytes; nil when unknown, and for any other kind.
  public let memoryBytes: Int?

  /// Size of a cache in bytes; nil when unknown, and for any other kind.
  public let cacheBytes: Int?

  /// The seat expression that names the object, such as "core:3".
  public var expression: String { "\(kind.rawValue):\(logicalIndex)" }
}

extension MachineObject: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case logicalIndex = "logical_index"
    case osIndex = "os_index"
    case cpuset, nodeset
    case memoryBytes = "memory_bytes"
    case cacheBytes = "cache_bytes"
  }

  /// Unknown is written as null, and sizes only where the kind can have one.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(logicalIndex, forKey: .logicalIndex)
    try container.encode(osIndex, forKey: .osIndex)
    try container.encode(cpuset, forKey: .cpuset)
    try container.encode(nodeset, forKey: .nodeset)
    if kind == .numa { try container.encode(memoryBytes, forKey: .memoryBytes) }
    if kind == .l3 { try container.encode(cacheBytes, forKey: .cacheBytes) }
  }
}
