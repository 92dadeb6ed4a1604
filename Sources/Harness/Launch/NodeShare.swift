// SPDX-License-Identifier: Apache-2.0
public import Topology

/// The customers of a cell with replicas that sit on one NUMA node, and what they read.
public struct NodeShare: Hashable, Sendable {
  /// The kernel's number of the node.
  public let node: Int
  /// Customers here, by their number in the cell.
  public let customers: [Int]
  /// Of the ring that they read: its writer, these customers, its memory.
  public let seating: Seating
  /// Where the relay sits that feeds them; nil where they read the producer's own segment.
  public let relay: Seat?

  public init(node: Int, customers: [Int], seating: Seating, relay: Seat?) {
    self.node = node
    self.customers = customers
    self.seating = seating
    self.relay = relay
  }
}

/// Which nodes the customers of a cell with replicas are on.
public enum NodeShareOutcome: Sendable {
  /// In the order of the nodes; at least one has a relay.
  case shared([NodeShare])
  /// There is nothing to replicate, or nowhere; the cell is skipped with this reason.
  case unavailable(String)
}

extension Seating {
  /// Gives each customer a node of the customers' seat in turn, and each node but the segment's a relay.
  ///
  /// A relay takes the node's CPUs that no end may use; where there are none it shares the customers'.
  ///
  /// - Parameter customers: how many there are, at least 1.
  public func shares(ofCustomers customers: Int, on machine: Machine) -> NodeShareOutcome {
    guard memory.policy == .bind, memory.nodes.count == 1, let home = memory.nodes.first else {
      return .unavailable(
        "replicas are copies of a segment that lies on one node, and this one's home is "
          + "\(memory.policy == .bind ? "node \(memory.nodes)" : memory.policy.rawValue); name one, "
          + "such as segment: node:0")
    }
    guard machine.numaNodes.count > 1 else {
      return .unavailable(
        "this machine has one NUMA node, and replicas are copies on other nodes; use replicas: none"
      )
    }
    let parts = Array(parts(on: machine).prefix(customers))
    guard parts.contains(where: { $0.osIndex != home }) else {
      return .unavailable(
        "every customer sits on node \(home), as the segment does: there is no other node to copy it "
          + "to; seat customers elsewhere, or use replicas: none")
    }
    do throws(TopologyError) {
      var shares: [NodeShare] = []
      for (index, part) in parts.enumerated() {
        let mine = Array(stride(from: index, to: customers, by: parts.count))
        shares.append(try share(part, mine, isHome: part.osIndex == home, machine))
      }
      return .shared(shares)
    } catch {
      return .unavailable(error.description)
    }
  }

  /// What the customers' seat has of one node.
  private struct Part {
    let object: MachineObject
    let osIndex: Int
    let cpus: CPUSet
  }

  /// A CPU that is near to several nodes, of memory of several kinds, belongs to the first.
  private func parts(on machine: Machine) -> [Part] {
    var rest = customer.cpuset
    return machine.numaNodes.compactMap { node in
      let cpus = node.cpuset.intersection(rest)
      guard !cpus.isEmpty, let osIndex = node.osIndex else { return nil }
      rest = rest.subtracting(cpus)
      return Part(object: node, osIndex: osIndex, cpus: cpus)
    }
  }

  private func share(
    _ part: Part, _ customers: [Int], isHome: Bool, _ machine: Machine
  ) throws(TopologyError) -> NodeShare {
    let node = part.object
    func seat(_ cpus: CPUSet) -> Seat {
      Seat(
        expression: node.expression, cpuset: cpus, nodeset: node.nodeset, homeNode: part.osIndex)
    }
    let readers = part.cpus == customer.cpuset ? customer : seat(part.cpus)
    if isHome {
      return NodeShare(
        node: part.osIndex, customers: customers,
        seating: Seating(producer: producer, customer: readers, memory: memory, note: note),
        relay: nil)
    }
    let idle = node.cpuset.intersection(machine.allowedCPUs).subtracting(customer.cpuset)
      .subtracting(producer.cpuset)
    let relay = idle.isEmpty ? readers : seat(idle)
    let memory = try machine.resolve(
      .node(node.logicalIndex), producer: relay, customer: readers)
    return NodeShare(
      node: part.osIndex, customers: customers,
      seating: Seating(producer: relay, customer: readers, memory: memory, note: nil),
      relay: relay)
  }
}
