// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// The classes of placements of one producer, one customer and the memory between them.
  ///
  /// Two placements that an automorphism of the machine maps onto each other (a renumbering that
  /// keeps cores, caches, nodes, packages and distances) are in one class. What is compared: how near
  /// the PUs are, the distances between their nodes both ways, packages, where the memory is seen
  /// from both, and sizes and distances around each. Not compared: memory sizes, which differ a little
  /// between equal nodes, and clock rates of cores.
  /// - Complexity: the square of the number of groups of like PUs (one per node, L3 and size of core),
  ///   not of PUs.
  public func placementClasses() -> PlacementClasses {
    var survey = ClassSurvey(PlacementClassifier(self))
    survey.countPairs()
    return survey.classes()
  }
}

/// Counts placements by class, group by group.
private struct ClassSurvey {
  private let classifier: PlacementClassifier
  private var pairs: [PairKey: Tally] = [:]
  private var steps = 0

  /// Two points are looked at by their nodes and packages alone where memory is concerned.
  private struct PairKey: Hashable {
    let relation: PairRelation
    let producer: Region
    let customer: Region
  }

  private struct Region: Hashable {
    let node: Int?
    let package: Int?
  }

  /// How many, and the first of them.
  private struct Tally {
    var count: Int
    var producer: Int
    var customer: Int
    var points: (producer: PlacementPoint, customer: PlacementPoint)

    mutating func add(_ other: Tally) {
      count += other.count
      guard (other.producer, other.customer) < (producer, customer) else { return }
      (producer, customer, points) = (other.producer, other.customer, other.points)
    }
  }

  init(_ classifier: PlacementClassifier) { self.classifier = classifier }

  mutating func countPairs() {
    for producer in classifier.atlas.groups {
      countWithin(producer)
      for customer in classifier.atlas.groups where customer.point != producer.point {
        add(
          producer, customer, nil, count: producer.count * customer.count,
          (producer.first, customer.first))
      }
    }
  }

  private mutating func countWithin(_ group: PlacementGroup) {
    let core = group.cores[0]
    add(group, group, .samePU, count: group.count, (core[0], core[0]))
    if core.count > 1 {
      add(group, group, .sameCore, count: group.count * (core.count - 1), (core[0], core[1]))
    }
    if group.cores.count > 1 {
      add(
        group, group, nil, count: group.count * (group.count - core.count),
        (core[0], group.cores[1][0]))
    }
  }

  private mutating func add(
    _ producer: PlacementGroup, _ customer: PlacementGroup, _ nearness: SeatRelation?, count: Int,
    _ first: (producer: Int, customer: Int)
  ) {
    steps += 1
    func region(_ point: PlacementPoint) -> Region {
      Region(node: point.node, package: point.package)
    }
    let key = PairKey(
      relation: classifier.relation(producer.point, customer.point, nearness),
      producer: region(producer.point), customer: region(customer.point))
    let tally = Tally(
      count: count, producer: first.producer, customer: first.customer,
      points: (producer.point, customer.point))
    if pairs[key] == nil { pairs[key] = tally } else { pairs[key]?.add(tally) }
  }

  mutating func classes() -> PlacementClasses {
    var found: [PlacementClassifier.Key: (tally: Tally, home: Int)] = [:]
    for (pair, tally) in pairs {
      for home in classifier.homes.map(\.logicalIndex) {
        steps += 1
        let relation = classifier.relation(
          home: home, tally.points.producer, tally.points.customer)
        let key = PlacementClassifier.Key(pair: pair.relation, home: relation)
        guard let known = found[key] else {
          found[key] = (tally, home)
          continue
        }
        found[key] = Self.merged(known, (tally, home))
      }
    }
    let sorted = found.sorted { Self.isBefore(($0.key, $0.value), ($1.key, $1.value)) }
    let names = Self.uniqueNames(sorted.map(\.key))
    let classes = sorted.indices.map { index in
      placementClass(sorted[index].key, sorted[index].value, names[index])
    }
    return PlacementClasses(
      classes: classes, puCount: classifier.atlas.points.count, homes: classifier.homes,
      steps: steps, classifier: classifier,
      names: Dictionary(zip(sorted.map(\.key), names), uniquingKeysWith: { first, _ in first }))
  }

  private typealias Found = (tally: Tally, home: Int)

  private static func merged(_ one: Found, _ other: Found) -> Found {
    let isFirst =
      (other.tally.producer, other.tally.customer, other.home)
      < (one.tally.producer, one.tally.customer, one.home)
    var result = isFirst ? other : one
    result.tally.count = one.tally.count + other.tally.count
    return result
  }

  private func placementClass(
    _ key: PlacementClassifier.Key, _ found: Found, _ name: String
  ) -> PlacementClass {
    let home: MemoryHome =
      switch key.home.side {
      case .both, .producer: .producer
      case .customer: .customer
      case .elsewhere: .node(found.home)
      }
    let points = found.tally.points
    return PlacementClass(
      name: name, pair: key.pair, home: key.home, count: found.tally.count,
      representative: Placement(
        producer: classifier.seat(pu: found.tally.producer),
        customer: classifier.seat(pu: found.tally.customer), home: home),
      nodes: PlacementNodes(
        producer: points.producer.node, customer: points.customer.node, home: found.home))
  }
}

extension ClassSurvey {
  /// Near pairs first, then their first placement; memory at both ends first.
  private static func isBefore(
    _ left: (PlacementClassifier.Key, Found), _ right: (PlacementClassifier.Key, Found)
  ) -> Bool {
    func rank(_ entry: (PlacementClassifier.Key, Found)) -> [Int] {
      let (pair, home) = (entry.0.pair, entry.0.home)
      let nearness = SeatRelation.allCases.firstIndex(of: pair.nearness) ?? 0
      let side = HomeRelation.Side.allCases.firstIndex(of: home.side) ?? 0
      // By the relation's own numbers before the placement's, so that one relation stays together.
      return [
        nearness, pair.distance ?? 0, pair.distanceBack ?? 0, pair.isSamePackage == false ? 1 : 0,
        pair.sharesL3 ? 0 : 1, pair.producerKind, pair.customerKind, side,
        home.fromProducer ?? 0, home.fromCustomer ?? 0, home.hasCPUs ? 0 : 1,
        entry.1.tally.producer, entry.1.tally.customer, entry.1.home,
      ]
    }
    return rank(left).lexicographicallyPrecedes(rank(right))
  }

  /// Names of relations do not tell kinds of PUs apart; a number does where it must.
  private static func uniqueNames(_ keys: [PlacementClassifier.Key]) -> [String] {
    let plain = keys.map { "\($0.pair.name)/\($0.home.name)" }
    var total: [String: Int] = [:]
    for name in plain { total[name, default: 0] += 1 }
    var seen: [String: Int] = [:]
    return plain.map { name in
      guard (total[name] ?? 0) > 1 else { return name }
      seen[name, default: 0] += 1
      return "\(name)-\(seen[name, default: 0])"
    }
  }
}
