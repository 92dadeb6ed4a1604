// SPDX-License-Identifier: Apache-2.0

/// How a producer's PU and a customer's lie to each other.
///
/// Two pairs that an automorphism of the machine maps onto each other have equal relations. The
/// converse holds as far as CPUs, caches, packages and distances tell pairs apart.
public struct PairRelation: Hashable, Sendable {
  /// The smallest part of the machine that holds both.
  public let nearness: SeatRelation
  /// From the producer's node to the customer's; nil within one node, or without a matrix.
  public let distance: Int?
  /// From the customer's node to the producer's, which may differ.
  public let distanceBack: Int?
  /// Nil where the machine describes no package around one of them.
  public let isSamePackage: Bool?
  /// Whether they share an L3, also one that is wider than a node; false where none is described.
  public let sharesL3: Bool
  /// What else tells their surroundings from others: sizes of core, L3, node and package, and all
  /// distances of the node.
  let producerKind: Int
  let customerKind: Int

  /// Such as `same-l3`, `cross-node-d12-same-package`.
  public var name: String {
    var parts = [nearness.rawValue]
    if let distance { parts.append("d\(distance)") }
    if let distanceBack, distanceBack != distance { parts.append("back-d\(distanceBack)") }
    let isApart = [.crossNode, .spread].contains(nearness)
    if isApart, sharesL3 { parts.append("same-l3") }
    if let isSamePackage, isApart || !isSamePackage {
      parts.append(isSamePackage ? "same-package" : "other-package")
    }
    return parts.joined(separator: "-")
  }
}

/// Where the memory between two ends lives, seen from both.
public struct HomeRelation: Hashable, Sendable {
  /// Whose node it is.
  public enum Side: String, CaseIterable, Hashable, Sendable, Codable {
    case both, producer, customer, elsewhere
  }

  public let side: Side
  /// From the node of each end to the memory; nil without a matrix.
  public let fromProducer: Int?
  public let fromCustomer: Int?
  /// Nil where no package is described.
  public let isInProducerPackage: Bool?
  public let isInCustomerPackage: Bool?
  /// False for memory expanders, HBM and the like.
  public let hasCPUs: Bool
  /// What else tells the node from others: its CPUs and all its distances.
  let kind: Int

  /// Such as `at-both`, `at-customer`, `elsewhere-d12-d32`, `elsewhere-d14-d24-no-cpus`.
  public var name: String {
    guard side == .elsewhere else { return "at-\(side.rawValue)" }
    var parts = ["elsewhere"]
    if let fromProducer, let fromCustomer {
      parts +=
        fromProducer == fromCustomer
        ? ["d\(fromProducer)"] : ["d\(fromProducer)", "d\(fromCustomer)"]
    } else if let isInProducerPackage, let isInCustomerPackage {
      let word =
        switch (isInProducerPackage, isInCustomerPackage) {
        case (true, true): "same-package"
        case (true, false): "producer-package"
        case (false, true): "customer-package"
        case (false, false): "other-package"
        }
      parts.append(word)
    }
    if !hasCPUs { parts.append("no-cpus") }
    return parts.joined(separator: "-")
  }
}
