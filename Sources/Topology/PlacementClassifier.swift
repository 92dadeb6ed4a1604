// SPDX-License-Identifier: Apache-2.0

/// Tells which placements of a machine are alike, by what an automorphism of it cannot change.
struct PlacementClassifier: Sendable {
  /// All that is looked at; placements with equal keys are in one class.
  struct Key: Hashable {
    let pair: PairRelation
    let home: HomeRelation
  }

  let machine: Machine
  let atlas: PlacementAtlas
  /// Nodes whose memory this process may use, and which have some.
  let homes: [MachineObject]
  private let nodeKinds: [Int]
  private let puKinds: [PlacementPoint: Int]
  private let packageOfNode: [Int?]

  init(_ machine: Machine) {
    self.machine = machine
    atlas = PlacementAtlas(machine)
    homes = machine.numaNodes.filter {
      $0.memoryBytes != 0 && !$0.nodeset.isEmpty && $0.nodeset.isSubset(of: machine.allowedNodes)
    }
    packageOfNode = machine.numaNodes.map { node in
      machine.packages.first {
        node.cpuset.isEmpty
          ? $0.nodeset.isSuperset(of: node.nodeset) : node.cpuset.isSubset(of: $0.cpuset)
      }?.logicalIndex
    }
    var kinds = Numbering<[Int]>()
    nodeKinds = machine.numaNodes.map { kinds.number(of: Self.traits(of: $0, machine)) }
    puKinds = Self.kinds(atlas.groups.map(\.point), nodeKinds, machine)
  }

  /// The numbers of CPUs around each point, and the kind of its node.
  private static func kinds(
    _ points: [PlacementPoint], _ nodeKinds: [Int], _ machine: Machine
  ) -> [PlacementPoint: Int] {
    var numbering = Numbering<[Int]>()
    var kinds: [PlacementPoint: Int] = [:]
    for point in points {
      let l3 = point.l3.map { machine.l3Caches[$0] }
      kinds[point] = numbering.number(of: [
        point.coreSize, l3.map { allowed($0, machine) } ?? -1, l3?.cacheBytes ?? -1,
        point.node.map { nodeKinds[$0] } ?? -1,
        point.package.map { allowed(machine.packages[$0], machine) } ?? -1,
      ])
    }
    return kinds
  }

  private static func allowed(_ object: MachineObject, _ machine: Machine) -> Int {
    object.cpuset.intersection(machine.allowedCPUs).count
  }

  /// A node's CPUs and its distances both ways in order of size, which no renumbering changes.
  private static func traits(of node: MachineObject, _ machine: Machine) -> [Int] {
    let all = machine.numaNodes.indices
    let ways = all.map { other in
      (
        machine.distances?.distance(from: node.logicalIndex, to: other) ?? -1,
        machine.distances?.distance(from: other, to: node.logicalIndex) ?? -1
      )
    }.sorted { $0 < $1 }
    return [allowed(node, machine)] + ways.flatMap { [$0.0, $0.1] }
  }

  var allowedPUs: [Int] { atlas.points.keys.sorted() }

  func seat(pu: Int) -> Seat {
    machine.seat(pu: machine.pus[pu], core: atlas.cores[pu] ?? machine.pus[pu])
  }

  /// The relation of two PUs on different cores; the nearer ones are told apart by the caller.
  func relation(_ producer: PlacementPoint, _ customer: PlacementPoint, _ nearness: SeatRelation?)
    -> PairRelation
  {
    let sharesL3 = producer.l3 != nil && producer.l3 == customer.l3
    let apart: SeatRelation =
      if let from = producer.node, let to = customer.node {
        from != to ? .crossNode : sharesL3 ? .sameL3 : .sameNode
      } else { .spread }
    let isCrossing = apart == .crossNode
    func distance(_ from: Int?, _ to: Int?) -> Int? {
      guard isCrossing, let from, let to else { return nil }
      return machine.distances?.distance(from: from, to: to)
    }
    return PairRelation(
      nearness: nearness ?? apart, distance: distance(producer.node, customer.node),
      distanceBack: distance(customer.node, producer.node),
      isSamePackage: Self.same(producer.package, customer.package), sharesL3: sharesL3,
      producerKind: puKinds[producer] ?? -1, customerKind: puKinds[customer] ?? -1)
  }

  /// Where a node lies seen from two others.
  func relation(home: Int, _ producer: PlacementPoint, _ customer: PlacementPoint) -> HomeRelation {
    let side: HomeRelation.Side =
      switch (producer.node == home, customer.node == home) {
      case (true, true): .both
      case (true, false): .producer
      case (false, true): .customer
      case (false, false): .elsewhere
      }
    func distance(_ from: Int?) -> Int? {
      from.flatMap { machine.distances?.distance(from: $0, to: home) }
    }
    return HomeRelation(
      side: side, fromProducer: distance(producer.node), fromCustomer: distance(customer.node),
      isInProducerPackage: Self.same(producer.package, packageOfNode[home]),
      isInCustomerPackage: Self.same(customer.package, packageOfNode[home]),
      hasCPUs: !machine.numaNodes[home].cpuset.isEmpty, kind: nodeKinds[home])
  }

  private static func same(_ left: Int?, _ right: Int?) -> Bool? {
    guard let left, let right else { return nil }
    return left == right
  }

  /// The key of one placement; nil for a PU or node that is forbidden or does not exist.
  func key(producer: Int, customer: Int, node: Int) -> Key? {
    guard let from = atlas.points[producer], let to = atlas.points[customer],
      homes.contains(where: { $0.logicalIndex == node })
    else { return nil }
    let nearness: SeatRelation? =
      if producer == customer {
        .samePU
      } else if atlas.cores[producer] == atlas.cores[customer] { .sameCore } else { nil }
    return Key(pair: relation(from, to, nearness), home: relation(home: node, from, to))
  }
}

/// Numbers values in the order in which they first appear.
private struct Numbering<Value: Hashable> {
  private var known: [Value: Int] = [:]

  mutating func number(of value: Value) -> Int {
    if let number = known[value] { return number }
    known[value] = known.count
    return known.count - 1
  }
}
