// SPDX-License-Identifier: Apache-2.0

/// How near two seats are: the smallest part of the machine that holds both.
public enum SeatRelation: String, CaseIterable, Hashable, Sendable, Codable {
  /// Both are the same single PU and take turns on it.
  case samePU = "same-pu"
  /// Hardware threads of one core (or somewhere on it).
  case sameCore = "same-core"
  case sameL3 = "same-l3"
  case sameNode = "same-node"
  /// Each within one NUMA node, and these differ.
  case crossNode = "cross-node"
  /// At least one seat spans nodes, so that the placement does not fix the relation.
  case spread
}

extension Machine {
  /// How near two seats of this machine are.
  public func relation(_ first: Seat, _ second: Seat) -> SeatRelation {
    let both = first.cpuset.union(second.cpuset)
    if both.count == 1 { return .samePU }
    func isWithin(_ kind: ObjectKind) -> Bool {
      objects(of: kind).contains { both.isSubset(of: $0.cpuset) }
    }
    if isWithin(.core) { return .sameCore }
    // The node first: an L3 may be wider than a node (sub-NUMA clustering).
    if homeNode(of: both) != nil { return isWithin(.l3) ? .sameL3 : .sameNode }
    let homes = homeNode(of: first.cpuset) != nil && homeNode(of: second.cpuset) != nil
    return homes ? .crossNode : .spread
  }

  /// The relation in words, with the NUMA distance where the machine tells it.
  public func describeRelation(_ first: Seat, _ second: Seat) -> String {
    switch relation(first, second) {
    case .samePU: return "same PU, taking turns"
    case .sameCore: return "same core"
    case .sameL3: return "same L3"
    case .sameNode: return "same node"
    case .spread: return "spread over several nodes"
    case .crossNode:
      guard let from = homeNode(of: first.cpuset), let to = homeNode(of: second.cpuset) else {
        return "cross node"
      }
      let both = first.cpuset.union(second.cpuset)
      let package =
        packages.contains { both.isSubset(of: $0.cpuset) } ? "same package" : "other package"
      let distance = distances?.distance(from: from.logicalIndex, to: to.logicalIndex)
      let details = [distance.map { "distance \($0)" }, packages.isEmpty ? nil : package]
      let known = details.compactMap(\.self).joined(separator: ", ")
      return known.isEmpty ? "cross node" : "cross node (\(known))"
    }
  }
}
