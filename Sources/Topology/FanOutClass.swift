// SPDX-License-Identifier: Apache-2.0

/// Ways to place one producer and its memory when customers are everywhere.
public struct FanOutClass: Hashable, Sendable {
  /// Unique on its machine, such as `fan-out/at-producer`.
  public let name: String
  /// Placements it stands for: PUs times memory nodes.
  public let count: Int
  /// The first of them; its customer's seat is every allowed CPU.
  public let representative: Placement
  /// Logical indices of the nodes; nil for a PU outside of every node.
  public let producerNode: Int?
  public let homeNode: Int
}

extension Machine {
  /// The classes of placements of one producer, its memory, and customers on all allowed CPUs.
  ///
  /// - Throws: `notAllowed` on a machine that allows no CPU.
  public func fanOutClasses() throws(TopologyError) -> [FanOutClass] {
    let classifier = PlacementClassifier(self)
    let everywhere = try anySeat()
    var found: [PlacementClassifier.Key: (group: PlacementGroup, home: Int, count: Int)] = [:]
    var order: [PlacementClassifier.Key] = []
    for group in classifier.atlas.groups {
      for home in classifier.homes.map(\.logicalIndex) {
        let key = PlacementClassifier.Key(
          pair: classifier.relation(group.point, group.point, .samePU),
          home: classifier.relation(home: home, group.point, group.point))
        if found[key] == nil {
          order.append(key)
          found[key] = (group, home, 0)
        }
        found[key]?.count += group.count
      }
    }
    var used: [String: Int] = [:]
    return order.compactMap { key in
      guard let (group, home, count) = found[key] else { return nil }
      let side = key.home.side == .both ? "at-producer" : key.home.name
      used[side, default: 0] += 1
      let number = used[side] ?? 1
      return FanOutClass(
        name: "fan-out/\(side)\(number > 1 ? "-\(number)" : "")", count: count,
        representative: Placement(
          producer: classifier.seat(pu: group.first), customer: everywhere,
          home: key.home.side == .both ? .producer : .node(home)),
        producerNode: group.point.node, homeNode: home)
    }
  }
}
