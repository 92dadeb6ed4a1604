// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct DistanceModelTests {
  private func model(_ machine: Machine) throws -> [String: (latency: Double?, bandwidth: Double)] {
    let model = DistanceModel(machine)
    return Dictionary(
      uniqueKeysWithValues: machine.placementClasses().classes.map {
        ($0.name, (model.relativeLatency(of: $0), model.relativeBandwidth(of: $0)))
      })
  }

  @Test func aHandOverCostsItsThreeHops() throws {
    let model = try model(BigMachine.epyc.machine())
    #expect(model["same-pu/at-both"]?.latency == nil)
    #expect(model["same-l3/elsewhere-d32"]?.latency == 1, "the line stays under the L3")
    #expect(model["same-node/at-both"]?.latency == 1)
    // Home asked at 32, the home asks at 32, the line comes at 10.
    #expect(model["same-node/elsewhere-d32"]?.latency == 74.0 / 30)
    // The customer asks the producer's node at 32, found there at 10, and back at 32.
    #expect(model["cross-node-d32-other-package/at-producer"]?.latency == 74.0 / 30)
    #expect(model["cross-node-d12-same-package/at-customer"]?.latency == 34.0 / 30)
  }

  @Test func aStreamIsWrittenToItsHomeAndReadFromThere() throws {
    let model = try model(BigMachine.expander.machine())
    #expect(model["same-l3/at-both"]?.bandwidth == 1)
    #expect(model["same-l3/elsewhere-d14-no-cpus"]?.bandwidth == 20.0 / 28)
    #expect(model["cross-node-d21-other-package/at-producer"]?.bandwidth == 20.0 / 31)
    #expect(model["cross-node-d21-other-package/elsewhere-d14-d24-no-cpus"]?.bandwidth == 20.0 / 38)
  }

  @Test func withoutAMatrixTheDefaultsAreTakenAndSaid() throws {
    let machine = try Machine(synthetic: "numa:2 core:2 pu:1")
    #expect(DistanceModel(machine).isAssumed)
    #expect(try model(machine)["cross-node/at-producer"]?.latency == 50.0 / 30)
    #expect(!DistanceModel(try BigMachine.xeon.machine()).isAssumed)
    #expect(!DistanceModel(try Machine(synthetic: Shape.oneNode)).isAssumed)
  }
}

@Suite struct FanOutEstimateTests {
  /// One customer per PU of two nodes of 40 at distance 21, producer and segment on node 0.
  @Test func replicasSaveTheCrossings() throws {
    let machine = try BigMachine.xeon.machine()
    let customers = machine.spread(customers: 80)
    #expect(customers == [0: 40, 1: 40])
    let apart = FanOutEstimate(
      machine, producer: 0, home: 0, customersByNode: customers, sharesCaches: false)
    // Written once, read by 40 at 1 and by 40 at 2.1.
    #expect(abs(apart.direct.work - (1 + 40 + 84)) < 1e-9)
    #expect(apart.direct.crossings == 40 && apart.direct.segments == 1)
    #expect(abs(apart.direct.depth - 3.1) < 1e-9)
    // Written, copied once at 2.1 and written at 1, and 80 reads at 1.
    #expect(abs(apart.replicated.work - (1 + 3.1 + 80)) < 1e-9)
    #expect(apart.replicated.crossings == 1 && apart.replicated.segments == 2)
    #expect(abs(apart.replicated.depth - 5.1) < 1e-9)
    #expect(apart.gain > 1)
  }

  /// Behind one shared cache only one reads from memory: the copy costs more than it saves.
  @Test func whoSharesACacheNeedsNoReplica() throws {
    let machine = try BigMachine.xeon.machine()
    let shared = FanOutEstimate(
      machine, producer: 0, home: 0, customersByNode: [0: 40, 1: 40], sharesCaches: true)
    #expect(shared.direct.crossings == 1)
    #expect(abs(shared.direct.work - (1 + 1 + 2.1)) < 1e-9)
    #expect(shared.gain < 1)
  }

  /// `r · (d − 10) > d + 10`: at distance 21 from the third reader on.
  @Test(arguments: [(1, false), (2, false), (3, true), (40, true)])
  func theBreakEvenIsWhereTheFormulaSays(readers: Int, isWorthIt: Bool) throws {
    let estimate = FanOutEstimate(
      try BigMachine.xeon.machine(), producer: 0, home: 0, customersByNode: [1: readers],
      sharesCaches: false)
    #expect((estimate.gain > 1) == isWorthIt)
    #expect((readers * 11 > 31) == isWorthIt)
  }

  @Test func eightNodesOfSixtyFourAreServedByEightSegments() throws {
    let machine = try Machine(synthetic: "numa:8 core:64 pu:1")
    let customers = machine.spread(customers: 512)
    #expect(customers == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 64) }))
    let estimate = FanOutEstimate(
      machine, producer: 0, home: 0, customersByNode: customers, sharesCaches: false)
    #expect(estimate.direct.crossings == 7 * 64)
    #expect(estimate.replicated.crossings == 7 && estimate.replicated.segments == 8)
    #expect(machine.spread(customers: 3) == [0: 3])
    #expect(machine.spread(customers: 513)[0] == 65)
  }

  @Test func fanOutPlacementsArePrunedToo() throws {
    let classes = try BigMachine.epyc.machine().fanOutClasses()
    #expect(
      classes.map(\.name) == [
        "fan-out/at-producer", "fan-out/elsewhere-d12", "fan-out/elsewhere-d32",
      ])
    #expect(classes.map(\.count) == [256, 256 * 3, 256 * 4])
    #expect(classes.map { $0.representative.home.description } == ["producer", "node:1", "node:4"])
  }
}
