// SPDX-License-Identifier: Apache-2.0

/// A home for memory, resolved on a machine: a policy and the nodes it is about.
public struct MemoryBinding: Hashable, Sendable, Codable {
  /// How the kernel picks a page's node.
  public enum Policy: String, Hashable, Sendable, Codable {
    /// The node of the CPU that touches the page first.
    case firstTouch = "first-touch"
    /// One of `nodes`, and no other, even when they are full.
    case bind
    /// The `nodes` in turn.
    case interleave
  }

  public let policy: Policy

  /// The nodes by the kernel's number: where pages may come to lie.
  public let nodes: NodeSet
}

extension Machine {
  /// Resolves a home for memory against the seats of the two ends.
  ///
  /// - Throws: `noSuchNode`, `notAllowed`, or `noMemory` when the home has no memory of its own.
  public func resolve(
    _ home: MemoryHome, producer: Seat, customer: Seat
  ) throws(TopologyError) -> MemoryBinding {
    switch home {
    case .firstTouch:
      return MemoryBinding(policy: .firstTouch, nodes: allowedNodes)
    case .interleave:
      let nodes = numaNodes.filter { $0.memoryBytes != 0 && $0.nodeset.isSubset(of: allowedNodes) }
      let all = nodes.reduce(into: NodeSet()) { $0.formUnion($1.nodeset) }
      guard !all.isEmpty else { throw noMemory("interleave") }
      return MemoryBinding(policy: .interleave, nodes: all)
    case .node(let index):
      guard index < numaNodes.count else {
        let range = numaNodes.count == 1 ? "" : " to node:\(numaNodes.count - 1)"
        throw TopologyError(
          .noSuchNode,
          "memory home 'node:\(index)': this machine has only node:0\(range); "
            + "use one of these")
      }
      return try bind(numaNodes[index].nodeset, "node:\(index)")
    case .producer:
      return try bind(producer.nodeset, "producer")
    case .customer:
      return try bind(customer.nodeset, "customer")
    }
  }

  private func bind(_ nodes: NodeSet, _ home: String) throws(TopologyError) -> MemoryBinding {
    let usable = nodes.intersection(allowedNodes)
    guard !usable.isEmpty || nodes.isEmpty else {
      throw TopologyError(
        .notAllowed,
        "memory home '\(home)' is node \(nodes), but this process may use node \(allowedNodes); "
          + "choose one of these or widen the cpuset")
    }
    let withMemory = usable.filter { numaNode(osIndex: $0)?.memoryBytes != 0 }
    guard !withMemory.isEmpty else { throw noMemory(home) }
    return MemoryBinding(policy: .bind, nodes: NodeSet(withMemory))
  }

  private func noMemory(_ home: String) -> TopologyError {
    let nodes = numaNodes.filter { $0.memoryBytes != 0 && $0.nodeset.isSubset(of: allowedNodes) }
    let names = nodes.map { "node:\($0.logicalIndex)" }.joined(separator: ", ")
    return TopologyError(
      .noMemory,
      "memory home '\(home)' has no memory of its own; use \(names.isEmpty ? "first-touch" : names)"
    )
  }
}
