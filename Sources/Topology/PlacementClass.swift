// SPDX-License-Identifier: Apache-2.0

/// Where both ends sit and where the memory between them lives: one point of a matrix.
public struct Placement: Hashable, Sendable {
  public let producer: Seat
  public let customer: Seat
  public let home: MemoryHome
}

/// Placements that are alike: a measurement of one stands for all.
public struct PlacementClass: Hashable, Sendable {
  /// Unique on its machine, such as `same-l3/at-both`.
  public let name: String
  public let pair: PairRelation
  public let home: HomeRelation
  /// Placements it stands for: ordered pairs of PUs times memory nodes.
  public let count: Int
  /// The first of them in logical order.
  public let representative: Placement
  let nodes: PlacementNodes
}

/// The nodes of a placement by logical index; nil where a PU is in none.
struct PlacementNodes: Hashable {
  let producer: Int?
  let customer: Int?
  let home: Int
}

/// All classes of a machine.
public struct PlacementClasses: Sendable {
  /// Nearest pairs first; within a pair relation the nearest memory first.
  public let classes: [PlacementClass]
  /// Allowed PUs.
  public let puCount: Int
  /// Nodes whose memory can be used here.
  public let homes: [MachineObject]
  /// Pairs of groups and homes that were looked at: what finding the classes cost.
  public let steps: Int

  let classifier: PlacementClassifier
  let names: [PlacementClassifier.Key: String]

  /// Every ordered pair of PUs with every memory node.
  public var placementCount: Int { puCount * puCount * homes.count }

  /// Ordered pairs of PUs by how they lie to each other, in the order of the classes.
  public var pairCounts: [(relation: PairRelation, count: Int)] {
    var result: [(relation: PairRelation, count: Int)] = []
    for one in classes {
      if let last = result.indices.last, result[last].relation == one.pair {
        result[last].count += one.count
      } else {
        result.append((one.pair, one.count))
      }
    }
    return result.map { ($0.relation, $0.count / max(homes.count, 1)) }
  }

  /// The class of one placement; nil for forbidden PUs and nodes.
  ///
  /// - Parameters: logical indices of two PUs and a node.
  public func name(producer: Int, customer: Int, node: Int) -> String? {
    classifier.key(producer: producer, customer: customer, node: node).flatMap { names[$0] }
  }

  /// Every placement with the name of its class, in logical order: PUs, PUs, nodes.
  ///
  /// - Complexity: ``placementCount``; check it before.
  public func everyPlacement() -> [(placement: Placement, name: String)] {
    let pus = classifier.allowedPUs
    let seats = pus.map { classifier.seat(pu: $0) }
    var result: [(placement: Placement, name: String)] = []
    result.reserveCapacity(placementCount)
    for (row, producer) in pus.enumerated() {
      for (column, customer) in pus.enumerated() {
        for home in homes {
          guard let name = name(producer: producer, customer: customer, node: home.logicalIndex)
          else { continue }
          result.append(
            (
              Placement(
                producer: seats[row], customer: seats[column], home: .node(home.logicalIndex)),
              name
            ))
        }
      }
    }
    return result
  }
}
