// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

@testable import Harness
@testable import Scenarios

/// Cells with replicas where there may be one node only: the relay and its ring are put there, which no
/// plan would do. Machines with more of them are what Tests/NumaGuest is for.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReplicaRunTests {
  /// The real workers, on shares of the test's making.
  private struct Forced: Scenario {
    let name = "transport"
    let shares: [NodeShare]

    func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
      try NodeShares(shares).stage(cell, seating, machine)
    }

    func perform(_ session: WorkerSession) throws -> WorkerReport {
      try TransportScenario().perform(session)
    }
  }

  private struct Stage {
    let machine: Machine
    let cell: Cell
    let seating: Seating
    let scenario: Forced

    /// Two customers of a relay, and one of the producer itself.
    init(_ overrides: [String]) throws {
      machine = try Machine.current()
      let catalog = WeirScenarios.catalog(machine: machine)
      let text = """
        schema: 1
        defaults: { warmup: 5ms, measure: 400ms, slice: 100ms, launches: 1, verify: full }
        axes: { store: [shm], serializer: [raw], size: [64B], wait: [spin-park] }
        workload: { customers: 3, depth: 16, replicas: per-node }
        placement: { producer: "any", customer: "any", segment: "node:0" }
        """
      let job = try Job(
        yaml: text, source: "job", catalog: catalog, overrides: JobOverrides(parsing: overrides))
      cell = try #require(try Plan(job, catalog: catalog).cells.first)
      try #require(cell.skip == nil, "\(cell.skip ?? "")")
      guard case .seated(let seating) = try Seating.resolve(cell.placement, on: machine) else {
        throw LaunchError(.placement, "no seats")
      }
      self.seating = seating
      let node = machine.numaNodes[0].osIndex ?? 0
      scenario = Forced(shares: [
        NodeShare(node: node, customers: [0], seating: seating, relay: nil),
        NodeShare(node: node, customers: [1, 2], seating: seating, relay: seating.producer),
      ])
    }
  }

  private static func weir() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("weir")
      .path
  }

  private func launch(_ overrides: [String]) throws -> LaunchRecord {
    let stage = try Stage(overrides)
    let scenario = stage.scenario
    var launcher = Launcher(
      machine: stage.machine, book: ScenarioBook([scenario], choose: { _ in scenario.name }),
      clock: .calibrated())
    launcher.executable = try Self.weir()
    let outcome = try launcher.launch(stage.cell, seating: stage.seating, launch: 0)
    return LaunchRecord(cell: stage.cell, launch: 0, outcome: outcome)
  }

  @Test(
    arguments: [
      [], ["workload=batched"], ["serializer=large", "size=64KiB"], ["size=64KiB", "depth=4"],
      ["workload=loaned", "verify=header", "size=4KiB"], ["backpressure=drop-newest", "depth=2"],
      ["backpressure=drop-oldest", "depth=4"], ["load=open:2k/s", "serializer=large"],
      ["wait=park"],
    ])
  func everyMessageReachesEveryCustomerOrIsCounted(overrides: [String]) throws {
    let record = try launch(overrides)
    let seen = record.integrity
    #expect(seen.complaint == nil, "\(seen)")
    #expect(seen.received > 0 && seen.sent == seen.received + seen.dropped, "\(seen)")
    if !overrides.contains(where: { $0.contains("drop") }) { #expect(seen.dropped == 0) }
    #expect(record.errors.isEmpty)
    let placement = try #require(record.placement)
    #expect(placement.relayCPUs?.isEmpty == false)
    #expect(placement.replicaPagesByNode?.isEmpty == false)
    #expect(placement.verified != false, "\(placement.mismatch ?? "")")
  }

  /// Three descriptors, a process and a segment for each replica.
  @Test func whatIsSaidAboutALaunchIsWhatStagingMakes() throws {
    let stage = try Stage([])
    let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    let staging = try stage.scenario.stage(
      stage.cell, seating: stage.seating, machine: stage.machine)
    let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    let need = WeirScenarios.need(stage.cell, relays: 1)
    #expect(
      staging.workers.map(\.role) == ["producer", "relay", "customer", "customer", "customer"])
    #expect(need.processes == staging.workers.count && need.segments == 2)
    #expect(
      need.descriptors - WeirScenarios.needWithoutHandover(stage.cell, relays: 1)
        == after - before)
    let alone = WeirScenarios.need(stage.cell)
    #expect(need.segmentBytes == 2 * alone.segmentBytes)
  }

  /// A plan skips it first; who stages it all the same is told the reason.
  @Test func whereThereIsOneNodeItIsRefused() throws {
    let stage = try Stage([])
    guard stage.machine.numaNodes.count == 1 else { return }
    let error = #expect(throws: LaunchError.self) {
      _ = try TransportScenario().stage(
        stage.cell, seating: stage.seating, machine: stage.machine)
    }
    #expect(error?.code == .placement)
    #expect(error?.description.contains("this machine has one NUMA node") == true)
    #expect(WeirScenarios.relays(stage.cell, on: stage.machine) == 0)
  }
}
