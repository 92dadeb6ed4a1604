// SPDX-License-Identifier: Apache-2.0
import Harness
import Serialization
import SharedMemory
import Testing
import Topology
import Transport

@testable import Scenarios

@Suite struct WeirScenariosTests {
  private func catalog(_ description: String = "package:1 core:2 pu:1") throws -> Catalog {
    WeirScenarios.catalog(machine: try Machine(synthetic: description))
  }

  @Test func everyNameMeansSomethingToTheTransport() throws {
    let catalog = try catalog()
    for name in catalog.serializerNames where name != "raw" {
      #expect(throws: Never.self) { try SerializerRegistry.standard.serializer(named: name) }
    }
    for wait in catalog.waitNames { #expect(WaitStrategy(named: wait) != nil, "\(wait)") }
    for backend in catalog.backends {
      #expect(Set(backend.serializers).isSubset(of: catalog.serializerNames), "\(backend.name)")
      #expect(Set(backend.waits).isSubset(of: catalog.waitNames))
      #expect(Set(backend.workloads).isSubset(of: catalog.workloadNames))
      #expect(!backend.summary.isEmpty)
      for backpressure in backend.backpressures where backend.name != "null" {
        #expect(Transport.Backpressure(rawValue: backpressure.rawValue) != nil)
      }
      if backend.capabilities.isDisjoint(with: [.null, .peer]) {
        #expect(StoreKind(rawValue: backend.name) != nil)
      }
    }
    #expect(Set(catalog.placementPresets) == Set(PlacementPreset.allCases.map(\.rawValue)))
    #expect(catalog.waitNames.contains(catalog.defaultWait))
    #expect(catalog.workloadNames.contains(catalog.defaultWorkload))
  }

  @Test func everyBackendHasAScenario() throws {
    for store in try catalog().storeNames {
      let cell = SampleCell.make(store: store, size: ByteCount(64), depth: 8)
      let scenario = try WeirScenarios.book.scenario(for: cell)
      let own = ["list": "list", "null": "null", "queue": "transport", "shm": "transport"]
      #expect(scenario.name == own[store] ?? "peer")
    }
  }

  @Test func theDefaultPlacementFitsTheMachine() throws {
    for description in ["package:1 core:2 pu:1", "package:1 core:1 pu:1", "package:2 core:8 pu:2"] {
      let machine = try Machine(synthetic: description)
      let request = WeirScenarios.catalog(machine: machine).defaultPlacement
      guard case .seated(let seating) = try Seating.resolve(request, on: machine) else {
        Issue.record("no seats on \(description)")
        continue
      }
      let overlap = seating.producer.cpuset.intersection(seating.customer.cpuset)
      #expect(overlap.isEmpty == (machine.cores.count > 1), "\(description)")
    }
  }

  /// The transport would have to carry the number in less than it takes.
  @Test func rawMessagesTooSmallForTheirNumberAreRefused() throws {
    let machine = try Machine.current()
    let parts = PlacementRequest.parts(producer: "core:0", customer: "core:0", segment: "producer")
    guard case .seated(let seating) = try Seating.resolve(parts, on: machine) else { return }
    let cell = SampleCell.make(serializer: "raw", size: ByteCount(7), depth: 8)
    let error = #expect(throws: LaunchError.self) {
      try WeirScenarios.book.scenario(for: cell).stage(cell, seating: seating, machine: machine)
    }
    #expect(error?.code == .placement)
  }
}
