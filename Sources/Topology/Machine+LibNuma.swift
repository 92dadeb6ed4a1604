// SPDX-License-Identifier: Apache-2.0

internal import CNuma

extension Machine {
  /// What libnuma says of this system and hwloc does not, one line each; empty when both show the same
  /// nodes, with the same online CPUs, memory and distances. Nil where libnuma has no say: a described
  /// machine, or a kernel without NUMA.
  ///
  /// Two libraries that read the kernel each in its own way, and agree, are what placement stands on.
  public func differencesFromLibnuma() -> [String]? {
    guard isThisSystem, handle != nil, numa_available() >= 0 else { return nil }
    let theirs = Self.libnumaNodes()
    let ours = numaNodes.reduce(into: NodeSet()) { $0.formUnion($1.nodeset) }
    guard ours == theirs else { return ["nodes are \(ours) to hwloc and \(theirs) to libnuma"] }
    var differences: [String] = []
    for node in numaNodes {
      guard let number = node.osIndex else { continue }
      if let cpus = libnumaCPUs(of: number), cpus != node.cpuset {
        differences.append("node \(number) has CPU \(node.cpuset) to hwloc and \(cpus) to libnuma")
      }
      let bytes = numa_node_size64(Int32(number), nil)
      if let known = node.memoryBytes, bytes >= 0, bytes != known {
        differences.append(
          "node \(number) has \(known) bytes to hwloc and \(bytes) to libnuma")
      }
    }
    return differences + distanceDifferences()
  }

  /// The nodes whose memory libnuma can tell, be it none; its own list of them is a variable.
  private static func libnumaNodes() -> NodeSet {
    NodeSet(
      (0...max(0, Int(numa_max_node()))).filter { numa_node_size64(Int32($0), nil) >= 0 })
  }

  /// Nil when libnuma cannot read the node.
  private func libnumaCPUs(of node: Int) -> CPUSet? {
    guard let mask = unsafe numa_allocate_cpumask() else { return nil }
    defer { unsafe numa_bitmask_free(mask) }
    guard unsafe numa_node_to_cpus(Int32(node), mask) == 0 else { return nil }
    // The library's mask may name CPUs that were never there, or are offline.
    return CPUSet(onlineCPUs.filter { unsafe numa_bitmask_isbitset(mask, UInt32($0)) != 0 })
  }

  private func distanceDifferences() -> [String] {
    guard let distances else { return [] }
    var differences: [String] = []
    for from in numaNodes {
      for to in numaNodes {
        guard let row = from.osIndex, let column = to.osIndex,
          let ours = distances.distance(from: from.logicalIndex, to: to.logicalIndex)
        else { continue }
        let theirs = Int(numa_distance(Int32(row), Int32(column)))
        // libnuma says 0 for a distance it does not know.
        if theirs != 0, theirs != ours {
          differences.append(
            "from node \(row) to \(column) it is \(ours) to hwloc and \(theirs) to libnuma")
        }
      }
    }
    return differences
  }
}
