// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct PlacementPresetTests {
  @Test(arguments: [
    (Shape.twoByTwo, PlacementPreset.sameCore, "core:0.pu:0", "core:0.pu:1"),
    (Shape.twoByTwo, .sameNode, "core:0.pu:0", "core:1.pu:0"),
    (Shape.twoByTwo, .crossNode, "core:0.pu:0", "core:4.pu:0"),
    (Shape.chiplets, .sameL3, "core:0.pu:0", "core:1.pu:0"),
    (Shape.chiplets, .sameNode, "core:0.pu:0", "core:2.pu:0"),
    (Shape.chiplets, .crossNode, "core:0.pu:0", "core:8.pu:0"),
    (Shape.smtByHalves, .sameCore, "core:0.pu:0", "core:0.pu:1"),
    (Shape.expander, .crossNode, "core:0.pu:0", "core:2.pu:0"),
    (Shape.noCores, .sameNode, "pu:0", "pu:1"),
  ])
  func findsThePair(
    shape: String, preset: PlacementPreset, producer: String, customer: String
  ) throws {
    let machine = try Machine(synthetic: shape)
    guard case .seats(let pair) = machine.resolve(preset) else {
      Issue.record("\(machine.resolve(preset))")
      return
    }
    #expect(pair.producer.expression == producer && pair.customer.expression == customer)
    #expect(pair.note == nil)
    // The names are in the grammar, and resolve to the same place.
    #expect(try machine.seat(producer) == pair.producer)
    #expect(try machine.seat(customer) == pair.customer)
    #expect(machine.relation(pair.producer, pair.customer).rawValue == preset.rawValue)
  }

  @Test func withoutSMTSameCoreIsOnePUTwiceAndSaysSo() throws {
    let machine = try Machine(synthetic: Shape.oneNode)
    guard case .seats(let pair) = machine.resolve(.sameCore) else {
      Issue.record("same-core is always possible")
      return
    }
    #expect(pair.producer == pair.customer && pair.producer.cpuset == [0])
    #expect(pair.note?.contains("take turns on CPU 0") == true)
    #expect(machine.relation(pair.producer, pair.customer) == .samePU)
  }

  @Test func sameNodeUnderOneL3IsNoted() throws {
    guard case .seats(let pair) = try Machine(synthetic: Shape.small).resolve(.sameNode) else {
      Issue.record("two cores of one node exist")
      return
    }
    #expect(pair.note == "the two cores also share an L3 cache")
  }

  @Test(arguments: [
    (
      Shape.small, PlacementPreset.crossNode,
      "cross-node needs 2 NUMA nodes with CPUs, this machine has 1"
    ),
    (Shape.oneNode, .sameL3, "same-l3 needs an L3 cache, this machine shows none"),
    (
      "numa:2 l3:1 core:1 pu:2", .sameL3,
      "same-l3 needs 2 allowed cores under one L3 cache, this machine has 2 L3 caches over 2 "
        + "allowed cores"
    ),
    (
      "numa:2 core:1 pu:2", .sameNode,
      "same-node needs 2 allowed cores in one NUMA node, this machine has 2 nodes with CPUs and 2 "
        + "allowed cores"
    ),
  ])
  func whatTheMachineCannotHostHasAReason(
    shape: String, preset: PlacementPreset, reason: String
  ) throws {
    #expect(try Machine(synthetic: shape).resolve(preset) == .unavailable(reason))
  }

  @Test func onlyAllowedCPUsAreChosen() throws {
    let machine = try machine(Shape.twoByTwo, allowedMask: "0x0002aa00")
    for preset in [PlacementPreset.sameCore, .sameNode, .crossNode] {
      guard case .seats(let pair) = machine.resolve(preset) else {
        Issue.record("\(preset): \(machine.resolve(preset))")
        continue
      }
      #expect(pair.producer.cpuset.union(pair.customer.cpuset).isSubset(of: machine.allowedCPUs))
      #expect(try machine.seat(pair.producer.expression) == pair.producer)
    }
    guard case .seats(let pair) = machine.resolve(.sameCore) else { return }
    #expect(pair.note != nil, "each core has one allowed PU only")
  }

  @Test func thisSystemHostsEachOrSaysWhyNot() throws {
    let machine = try Machine.current()
    for preset in PlacementPreset.allCases {
      switch machine.resolve(preset) {
      case .seats(let pair):
        #expect(pair.producer.cpuset.isSubset(of: machine.allowedCPUs))
        #expect(pair.customer.cpuset.isSubset(of: machine.allowedCPUs))
      case .unavailable(let reason):
        #expect(reason.hasPrefix(preset.rawValue) && preset != .sameCore)
      }
    }
  }
}
