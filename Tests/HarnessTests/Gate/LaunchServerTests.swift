// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

@testable import Harness

@Suite struct LaunchServerTests {
  /// Says what it can slow; makes no launches.
  private struct Still: Scenario {
    let name = "still"
    func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
      throw LaunchError(.resources, "no room")
    }
    func perform(_ session: WorkerSession) throws -> WorkerReport { WorkerReport() }
    func canSlow(_ cell: Cell) -> Bool { cell.latency == .halfRoundTrip }
  }

  private func server(slow: Double = 0) throws -> LaunchServer {
    var launcher = Launcher(
      machine: try Machine.current(), book: ScenarioBook([Still()], choose: { _ in "still" }),
      clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1))
    launcher.slowdownPercent = slow
    return LaunchServer(
      launcher: launcher, catalog: .sample,
      build: BuildInfo(
        version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "debug"))
  }

  private func cells() throws -> [Cell] {
    try Plan(
      job(SampleRun.small, ["placement.producer=pu:0", "placement.customer=pu:0"]),
      catalog: .sample
    ).cells
  }

  private func check(_ cell: Cell, slow: Double = 0) throws -> LaunchReply {
    try server(slow: slow).answer(try JSONEncoder().encode(LaunchRequest(check: cell)))
  }

  @Test func itIntroducesItself() throws {
    let hello = try server(slow: 12).hello()
    #expect(hello.version == "weir-launch/1" && hello.slowdownPercent == 12)
    #expect(hello.machineFingerprint == (try Machine.current().fingerprint))
    #expect(try server().hello().slowdownPercent == nil)
  }

  @Test func aCheckAnswersWithTheCellAsItWasRead() throws {
    for cell in try cells() {
      let reply = try check(cell)
      #expect(reply.id == cell.id)
      #expect((reply.lacks == nil) == (cell.skip == nil), "\(reply.lacks ?? "")")
      #expect(reply.cpus == LaunchServer.cpus)
    }
    var strange = try #require(try cells().first)
    strange.parameters.store = "abacus"
    #expect(try check(strange).lacks == "no backend is named abacus")
    strange = try #require(try cells().first { $0.skip == nil })
    strange.placement = .parts(producer: "pu:4000", customer: "pu:0", segment: "producer")
    #expect(try check(strange).lacks != nil)
  }

  @Test func whatCannotBeSlowedIsNotSlowedInSilence() throws {
    for cell in try cells() where cell.skip == nil {
      let isSlowable = cell.latency == .halfRoundTrip
      #expect((try check(cell, slow: 10).lacks == nil) == isSlowable)
      #expect(try check(cell).lacks == nil)
    }
  }

  @Test func everyLineHasAnAnswer() throws {
    for line in ["", "{}", "nonsense", "{\"check\": {\"id\": 3}}", "[1]"] {
      #expect(try server().answer(Data(line.utf8)).failure?.code == "protocolViolation")
    }
    let cell = try #require(try cells().first { $0.skip == nil })
    let order = LaunchOrder(cell: cell, launch: 0, seed: 1, environmentPad: 0)
    let reply = try server().answer(try JSONEncoder().encode(LaunchRequest(launch: order)))
    #expect(reply.failure == LaunchFailure(code: "resources", message: "no room"))
    #expect(reply.record == nil)
  }

  @Test func theClocksStepIsTheGreatestCommonDivisor() throws {
    #expect(MeasurementClock.greatestCommonDivisor(0, 26) == 26)
    #expect(MeasurementClock.greatestCommonDivisor(52, 78) == 26)
    #expect(MeasurementClock.greatestCommonDivisor(52, 79) == 1)
    let step = try #require(MeasurementClock.calibrated().stepNanoseconds())
    #expect(step > 0 && step < 1e6)
  }
}
