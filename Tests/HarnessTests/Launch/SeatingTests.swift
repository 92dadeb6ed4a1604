// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing
import Topology

@testable import Harness

@Suite struct SeatingTests {
  private static let twoNodes = "package:2 numa:1 l3:1 core:2 pu:2"
  private static let oneNode = "package:1 numa:1 l3:1 core:2 pu:1"

  private func seated(_ request: PlacementRequest, _ description: String) throws -> Seating {
    let outcome = try Seating.resolve(request, on: try Machine(synthetic: description))
    guard case .seated(let seating) = outcome else {
      throw LaunchError(.placement, "unavailable: \(outcome)")
    }
    return seating
  }

  private func reason(_ request: PlacementRequest, _ description: String) throws -> String? {
    let outcome = try Seating.resolve(request, on: try Machine(synthetic: description))
    guard case .unavailable(let reason) = outcome else { return nil }
    return reason
  }

  @Test func presetsSeatBothEnds() throws {
    let far = try seated(.preset("cross-node"), Self.twoNodes)
    #expect(far.producer.cpuset.intersection(far.customer.cpuset).isEmpty)
    let near = try seated(.preset("same-l3"), Self.oneNode)
    #expect(near.producer.cpuset != near.customer.cpuset)
  }

  @Test func whatTheMachineHasNotIsUnavailableWithAReason() throws {
    #expect(try reason(.preset("cross-node"), Self.oneNode)?.contains("2 NUMA nodes") == true)
    let far = PlacementRequest.parts(
      producer: "core:0", customer: "core:9999", segment: "producer")
    #expect(try reason(far, Self.oneNode)?.contains("9999") == true)
    let node = PlacementRequest.parts(producer: "core:0", customer: "core:1", segment: "numa:7")
    #expect(try reason(node, Self.oneNode)?.contains("7") == true)
    #expect(try reason(.preset("beside"), Self.oneNode) == "no preset is named beside")
  }

  @Test(
    arguments: [
      ("corn:0", "core:1", "producer"), ("core:0", "core:", "producer"),
      ("core:0", "core:1", "somewhere"), ("", "core:1", "producer"),
    ])
  func whatCannotBeReadIsAnError(producer: String, customer: String, segment: String) throws {
    let machine = try Machine(synthetic: Self.oneNode)
    let error = #expect(throws: LaunchError.self) {
      try Seating.resolve(
        .parts(producer: producer, customer: customer, segment: segment), on: machine)
    }
    #expect(error?.code == .placement)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func memoryFollowsTheEndThatIsNamed() throws {
    func memory(_ segment: String) throws -> MemoryBinding {
      try seated(
        .parts(producer: "package:0.core:0", customer: "package:1.core:0", segment: segment),
        Self.twoNodes
      ).memory
    }
    #expect(try memory("producer") != memory("customer"))
    #expect(try memory("producer") == memory("numa:0"))
    #expect(try memory("customer") == memory("numa:1"))
  }

  @Test func aDescribedMachineBindsNothing() throws {
    let machine = try Machine(synthetic: Self.oneNode)
    let seating = try seated(.preset("same-l3"), Self.oneNode)
    let segment = try Segment.create(byteCount: 4096, label: "test")
    let error = #expect(throws: LaunchError.self) { try seating.bind(segment, on: machine) }
    #expect(error?.code == .placement)
  }
}
