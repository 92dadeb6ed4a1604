// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing
import Topology

@testable import Scenarios

@Suite struct FaultScriptTests {
  private func faults(_ kinds: [MessageFault], seed: Int, messages: UInt64) -> [MessageFault] {
    var script = FaultScript(kinds, seed: seed)
    return (0..<messages).compactMap { script.fault(of: $0) }
  }

  @Test func faultsFollowTheirSeed() {
    let first = faults(MessageFault.allCases, seed: 3, messages: 10_000)
    #expect(first == faults(MessageFault.allCases, seed: 3, messages: 10_000))
    #expect(first != faults(MessageFault.allCases, seed: 4, messages: 10_000))
    #expect(Set(first).count == MessageFault.allCases.count)
    // One in fifty, give or take.
    #expect((100...400).contains(first.count), "\(first.count)")
  }

  @Test func thereAreFewerThanAReceiverCanTellApart() {
    #expect(faults([.lost], seed: 1, messages: 1_000_000).count == FaultScript.most)
  }

  @Test func anHonestScriptHasNone() {
    #expect(faults([], seed: 1, messages: 10_000).isEmpty)
  }
}

@Suite struct SelfTestCatalogTests {
  /// Nobody else's job may name them.
  @Test func syntheticStoresAreInNoUsersCatalog() throws {
    let machine = try Machine(synthetic: "package:1 numa:1 core:2 pu:1")
    let known = Set(WeirScenarios.catalog(machine: machine).backends.map(\.name))
    for store in SyntheticStore.allCases { #expect(!known.contains(store.rawValue)) }
  }

  @Test(arguments: [
    ("core:1 pu:1", ["stalling", "honest", "straying", "misplacing"], ["constant", "staying"]),
    ("core:2 pu:1", ["misplacing"], ["honest", "straying"]),
    ("numa:2 core:1 pu:1", [], ["misplacing", "honest"]),
  ])
  func whatAMachineLacksIsSkipped(
    description: String, skipped: [String], measured: [String]
  ) throws {
    let machine = try Machine(synthetic: description)
    let test = SelfTest(
      .short, seed: 1, machine: machine,
      build: BuildInfo(
        version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "release"))
    for form in [test, SelfTest(.full, seed: 1, machine: machine, build: test.build)] {
      let cells = try form.plan().cells
      for store in skipped {
        #expect(cells.first { $0.store == store }?.skip != nil, "\(store)")
      }
      for store in measured {
        #expect(cells.contains { $0.store == store && $0.skip == nil }, "\(store)")
      }
      // Every store is in the plan once, but the null store, which has two traffics.
      #expect(cells.count == SyntheticStore.allCases.count + 2)
    }
  }

  @Test func equalSeedsMakeEqualPlans() throws {
    let machine = try Machine(synthetic: "core:2 pu:1")
    let build = BuildInfo(
      version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "release")
    func plan(_ seed: Int) throws -> Plan {
      try SelfTest(.short, seed: seed, machine: machine, build: build).plan()
    }
    #expect(try plan(1) == plan(1))
    #expect(try plan(1).order != plan(2).order)
  }
}
