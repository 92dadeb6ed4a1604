// SPDX-License-Identifier: Apache-2.0

extension PlacementClasses {
  /// For each node with allowed CPUs: a customer there and the producer nearest to it on another
  /// core, by logical index; what stands for what the node's CPUs get from a memory.
  ///
  /// A node whose only core has two PUs gives these; a node with one PU takes its producer from the
  /// nearest other node. Machines of one PU have none.
  public func nearestPairs() -> [(node: Int, producer: Int, customer: Int)] {
    let groups = classifier.atlas.groups
    var result: [(node: Int, producer: Int, customer: Int)] = []
    var seen: Set<Int> = []
    for group in groups {
      guard let node = group.point.node, seen.insert(node).inserted else { continue }
      let customer = group.first
      let candidates = groups.flatMap { other in
        // The first of each other group, and of this one a second core and a second thread.
        other.point == group.point
          ? [group.cores.dropFirst().first?[0], group.cores[0].dropFirst().first].compactMap { $0 }
          : [other.first]
      }
      let nearest = candidates.min { rank($0, customer) < rank($1, customer) }
      if let nearest { result.append((node, nearest, customer)) }
    }
    return result
  }

  /// Under one L3, then on one node, then on one core, then by distance.
  private func rank(_ producer: Int, _ customer: Int) -> (Int, Int, Int) {
    guard let home = homes.first?.logicalIndex,
      let pair = classifier.key(producer: producer, customer: customer, node: home)?.pair
    else { return (Int.max, 0, producer) }
    let order: [SeatRelation] = [.sameL3, .sameNode, .sameCore, .crossNode, .spread, .samePU]
    return (order.firstIndex(of: pair.nearness) ?? order.count, pair.distance ?? 0, producer)
  }
}
