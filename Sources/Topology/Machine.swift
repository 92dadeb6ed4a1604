// SPDX-License-Identifier: Apache-2.0

/// A machine as hwloc sees it: an immutable picture taken once.
///
/// A machine is either the system this process runs on, or a description (hwloc XML, a synthetic
/// text, a JSON record). A description can be printed and planned against but never run on: every
/// call that would bind refuses, because hwloc's own calls would succeed and do nothing.
///
/// CPUs this process may not use are part of the picture (see ``allowedCPUs``), so that a logical
/// index names the same object inside and outside a container.
public struct Machine: Sendable {
  /// Where the description came from.
  public let origin: MachineOrigin

  /// Whether the machine is the system this process runs on, so that binding is real.
  public let isThisSystem: Bool

  /// The processor's name, nil when nobody tells (synthetic machines, some virtual machines).
  public let cpuModel: String?

  /// Processor packages (sockets), in logical order; empty when the machine describes none.
  public let packages: [MachineObject]

  /// NUMA nodes in logical order, also those without CPUs; never empty.
  public let numaNodes: [MachineObject]

  /// L3 caches in logical order; empty when the machine shows none.
  public let l3Caches: [MachineObject]

  /// Cores in logical order; empty when the machine describes PUs only.
  public let cores: [MachineObject]

  /// Processing units (hardware threads, the kernel's CPUs) in logical order; never empty.
  public let pus: [MachineObject]

  /// The caches by level, innermost first.
  public let caches: [CacheSize]

  /// The NUMA distance matrix; nil when the machine gives none, as with a single node.
  public let distances: NUMADistances?

  /// The CPUs this process may use: online and not forbidden by its cgroup.
  public let allowedCPUs: CPUSet

  /// The NUMA nodes this process may take memory from.
  public let allowedNodes: NodeSet

  /// The CPUs that are online, allowed here or not.
  public let onlineCPUs: CPUSet

  /// For binding and export; nil for a machine read from JSON.
  let handle: TopologyHandle?

  /// All objects of a kind, in logical order.
  public func objects(of kind: ObjectKind) -> [MachineObject] {
    switch kind {
    case .package: packages
    case .numa: numaNodes
    case .l3: l3Caches
    case .core: cores
    case .pu: pus
    }
  }

  /// The NUMA node with a kernel number, nil when there is none.
  public func numaNode(osIndex: Int) -> MachineObject? {
    numaNodes.first { $0.osIndex == osIndex }
  }

  /// The node that all of `cpus` belong to; nil when they span several nodes.
  public func homeNode(of cpus: CPUSet) -> MachineObject? {
    cpus.isEmpty ? nil : numaNodes.first { cpus.isSubset(of: $0.cpuset) }
  }

  /// The nodes with at least one allowed CPU, in logical order.
  public var nodesWithCPUs: [MachineObject] {
    numaNodes.filter { !$0.cpuset.isDisjoint(with: allowedCPUs) }
  }

  /// The nodes that have memory but no CPUs at all, such as memory expanders and HBM.
  public var nodesWithoutCPUs: [MachineObject] { numaNodes.filter(\.cpuset.isEmpty) }

  /// The machine as hwloc XML, which `lstopo -i` and ``init(xmlFile:)`` read.
  ///
  /// - Throws: `unsupported` for a machine read from JSON.
  public func xml() throws(TopologyError) -> String {
    guard let handle else {
      throw TopologyError(
        .unsupported, "a \(origin) holds no hwloc topology to export; load the original XML instead"
      )
    }
    return try handle.xml()
  }
}

extension Machine: Equatable {
  /// Whether everything the two pictures show is equal.
  public static func == (left: Machine, right: Machine) -> Bool {
    left.origin == right.origin && left.isThisSystem == right.isThisSystem
      && left.cpuModel == right.cpuModel && left.caches == right.caches
      && ObjectKind.allCases.allSatisfy { left.objects(of: $0) == right.objects(of: $0) }
      && left.distances == right.distances && left.allowedCPUs == right.allowedCPUs
      && left.allowedNodes == right.allowedNodes && left.onlineCPUs == right.onlineCPUs
  }
}

extension Machine: Hashable {
  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}
