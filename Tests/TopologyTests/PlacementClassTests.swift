// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

/// A class as a golden test states it.
private struct Expected: Equatable, CustomStringConvertible {
  let name: String
  let seats: String
  let count: Int

  init(_ name: String, _ seats: String, _ count: Int) {
    (self.name, self.seats, self.count) = (name, seats, count)
  }

  init(_ one: PlacementClass) {
    let place = one.representative
    self.init(
      one.name, "\(place.producer.expression) \(place.customer.expression) \(place.home)", one.count
    )
  }

  var description: String { "\(name) \(seats) \(count)" }
}

@Suite struct PlacementClassTests {
  private func expect(_ machine: Machine, _ expected: [Expected]) {
    let classes = machine.placementClasses()
    let found = classes.classes.map { Expected($0) }
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) { #expect(left == right) }
    #expect(classes.classes.reduce(0) { $0 + $1.count } == classes.placementCount)
  }

  /// 80 PUs on 2 nodes: 80 · 80 · 2 = 12 800 placements. Each node is one L3 of 20 cores with 2 PUs.
  /// Of a PU's 80 partners one is itself, one its sibling, 40 − 2 = 38 share its L3, 40 are remote.
  /// Memory is at both or remote for a pair within a node, at the one or the other for a pair across.
  @Test func aXeonOfTwoSocketsHasEight() throws {
    let machine = try BigMachine.xeon.machine()
    expect(
      machine,
      [
        Expected("same-pu/at-both", "core:0.pu:0 core:0.pu:0 producer", 80),
        Expected("same-pu/elsewhere-d21", "core:0.pu:0 core:0.pu:0 node:1", 80),
        Expected("same-core/at-both", "core:0.pu:0 core:0.pu:1 producer", 80),
        Expected("same-core/elsewhere-d21", "core:0.pu:0 core:0.pu:1 node:1", 80),
        Expected("same-l3/at-both", "core:0.pu:0 core:1.pu:0 producer", 80 * 38),
        Expected("same-l3/elsewhere-d21", "core:0.pu:0 core:1.pu:0 node:1", 80 * 38),
        Expected(
          "cross-node-d21-other-package/at-producer", "core:0.pu:0 core:20.pu:0 producer", 80 * 40),
        Expected(
          "cross-node-d21-other-package/at-customer", "core:0.pu:0 core:20.pu:0 customer", 80 * 40),
      ])
  }

  /// 256 PUs on 8 nodes of 2 L3s of 8 cores with 2 PUs: 256 · 256 · 8 placements. Of a PU's 256
  /// partners 1 is itself, 1 its sibling, 14 share its L3, 16 its node, 96 its package (3 other nodes of
  /// 32 at distance 12), 128 are in the other package (4 nodes of 32 at 32).
  ///
  /// Memory for a pair within a node: there; on 3 nodes at 12; on 4 at 32. For a pair across nodes of one
  /// package: at either; on the 2 remaining nodes at 12 of both; on the 4 at 32. For a pair across
  /// packages: at either; on 3 nodes near the producer; on 3 near the customer.
  @Test func anEPYCOfTwoSocketsWithFourNodesEachHasTwenty() throws {
    let pus = 256
    func within(_ name: String, _ customer: String, _ partners: Int) -> [Expected] {
      let seats = "core:0.pu:0 \(customer)"
      return [
        Expected("\(name)/at-both", "\(seats) producer", pus * partners),
        Expected("\(name)/elsewhere-d12", "\(seats) node:1", pus * partners * 3),
        Expected("\(name)/elsewhere-d32", "\(seats) node:4", pus * partners * 4),
      ]
    }
    let near = "cross-node-d12-same-package"
    let far = "cross-node-d32-other-package"
    let nearSeats = "core:0.pu:0 core:16.pu:0"
    let farSeats = "core:0.pu:0 core:64.pu:0"
    expect(
      try BigMachine.epyc.machine(),
      within("same-pu", "core:0.pu:0", 1) + within("same-core", "core:0.pu:1", 1)
        + within("same-l3", "core:1.pu:0", 14) + within("same-node", "core:8.pu:0", 16) + [
          Expected("\(near)/at-producer", "\(nearSeats) producer", pus * 96),
          Expected("\(near)/at-customer", "\(nearSeats) customer", pus * 96),
          Expected("\(near)/elsewhere-d12", "\(nearSeats) node:2", pus * 96 * 2),
          Expected("\(near)/elsewhere-d32", "\(nearSeats) node:4", pus * 96 * 4),
          Expected("\(far)/at-producer", "\(farSeats) producer", pus * 128),
          Expected("\(far)/at-customer", "\(farSeats) customer", pus * 128),
          Expected("\(far)/elsewhere-d12-d32", "\(farSeats) node:1", pus * 128 * 3),
          Expected("\(far)/elsewhere-d32-d12", "\(farSeats) node:5", pus * 128 * 3),
        ])
  }

  /// 64 PUs in 2 packages, each with a node of CPUs and one without: 64 · 64 · 4 placements. The
  /// expander of the own package is at 14, the other package's CPUs at 21, its expander at 24.
  @Test func memoryWithoutCPUsIsAHomeOfItsOwnKind() throws {
    let pus = 64
    func within(_ name: String, _ customer: String, _ partners: Int) -> [Expected] {
      [
        ("at-both", "producer"), ("elsewhere-d14-no-cpus", "node:1"), ("elsewhere-d21", "node:2"),
        ("elsewhere-d24-no-cpus", "node:3"),
      ].map { Expected("\(name)/\($0.0)", "core:0.pu:0 \(customer) \($0.1)", pus * partners) }
    }
    let across = [
      ("at-producer", "producer"), ("at-customer", "customer"),
      ("elsewhere-d14-d24-no-cpus", "node:1"), ("elsewhere-d24-d14-no-cpus", "node:3"),
    ].map {
      Expected(
        "cross-node-d21-other-package/\($0.0)", "core:0.pu:0 core:16.pu:0 \($0.1)", pus * 32)
    }
    expect(
      try BigMachine.expander.machine(),
      within("same-pu", "core:0.pu:0", 1) + within("same-core", "core:0.pu:1", 1)
        + within("same-l3", "core:1.pu:0", 30) + across)
  }

  /// The counts of groups are those of looking at every pair, and equal keys have equal seats.
  @Test(arguments: Shape.all)
  func countingByGroupIsCountingByPair(shape: String) throws {
    let machine = try Machine(synthetic: shape)
    let classes = machine.placementClasses()
    var counts: [String: Int] = [:]
    for (placement, name) in classes.everyPlacement() {
      counts[name, default: 0] += 1
      let one = try #require(classes.classes.first { $0.name == name })
      #expect(machine.relation(placement.producer, placement.customer) == one.pair.nearness)
    }
    #expect(counts == Dictionary(uniqueKeysWithValues: classes.classes.map { ($0.name, $0.count) }))
    #expect(counts.values.reduce(0, +) == classes.placementCount)
  }

  /// A renumbering that keeps the machine keeps the class: here the two packages trade places.
  @Test func placementsThatSymmetryMapsOntoEachOtherAreInOneClass() throws {
    let machine = try BigMachine.epyc.machine()
    let classes = machine.placementClasses()
    for producer in stride(from: 0, to: 256, by: 37) {
      for customer in stride(from: 0, to: 256, by: 23) {
        for node in 0..<8 {
          let name = classes.name(producer: producer, customer: customer, node: node)
          #expect(name != nil)
          let mirrored = classes.name(
            producer: (producer + 128) % 256, customer: (customer + 128) % 256, node: (node + 4) % 8
          )
          #expect(name == mirrored)
        }
      }
    }
  }

  @Test func coresOfTwoSizesAreTwoKinds() throws {
    // CPU 3 is forbidden, so that one core has one PU and three have two.
    let machine = try machine("package:1 numa:1 core:4 pu:2", allowedMask: "0x000000f7")
    let classes = machine.placementClasses()
    let alone = classes.classes.filter { $0.name.hasPrefix("same-pu/") }.map(\.count)
    #expect(alone.sorted() == [1, 6])
    #expect(Set(classes.classes.map(\.name)).count == classes.classes.count)
    #expect(classes.classes.reduce(0) { $0 + $1.count } == 49)
  }

  @Test func distancesThatDifferByDirectionMakeTwoClasses() throws {
    let machine = try machine("package:2 numa:1 core:1 pu:1", distances: [[10, 21], [32, 10]])
    let names = machine.placementClasses().classes.map(\.name)
    #expect(names.contains("cross-node-d21-back-d32-other-package/at-producer"))
    #expect(names.contains("cross-node-d32-back-d21-other-package/at-producer"))
  }

  /// The cost of finding classes grows with groups of like PUs, not with PUs: 64 times the cores of
  /// each node are the same number of steps.
  @Test func hugeMachinesAreClassedByGroups() throws {
    let small = try Machine(synthetic: "numa:8 core:1 pu:1").placementClasses()
    let huge = try Machine(synthetic: "numa:8 core:64 pu:1").placementClasses()
    #expect(huge.placementCount == 512 * 512 * 8)
    // 8 groups: 8 · 8 pairs of different cores and 8 of the same, each with 8 homes.
    #expect(huge.steps <= (8 * 8 + 8) * (1 + 8))
    #expect(huge.steps - small.steps <= 8 * (1 + 8), "one more relation, of two cores in a node")
    #expect(huge.classes.reduce(0) { $0 + $1.count } == huge.placementCount)
  }

  @Test func eachNodesNearestPairSharesItsCaches() throws {
    let pairs = try BigMachine.epyc.machine().placementClasses().nearestPairs()
    #expect(pairs.map(\.node) == Array(0..<8))
    #expect(pairs[0].customer == 0 && pairs[0].producer == 2, "the next core under the same L3")
    let single = try Machine(synthetic: "numa:2 core:1 pu:1").placementClasses().nearestPairs()
    #expect(single.map(\.producer) == [1, 0], "who is alone on a node takes a neighbour")
    #expect(try Machine(synthetic: "numa:1 core:1 pu:1").placementClasses().nearestPairs().isEmpty)
  }
}
