// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Scenarios
import Testing
import Topology

/// The protocol with real builds: this one, twice and once more.
@Suite(.timeLimit(.minutes(3))) struct GateBuildsTests {
  private func cell(_ workload: String) throws -> Cell {
    let machine = try Machine.current()
    let catalog = WeirScenarios.catalog(machine: machine)
    let text = """
      schema: 1
      defaults: { warmup: 10ms, measure: 40ms, slice: 10ms, launches: 6, seed: 1 }
      axes: { workload: [\(workload)], store: [shm], serializer: [large], size: [64B] }
      """
    return try #require(
      try Plan(Job(yaml: text, source: "job.yaml", catalog: catalog), catalog: catalog).cells.first)
  }

  @Test func aWholeGateOfThisBuildAgainstItself() throws {
    let scratch = try Scratch()
    try scratch.write(FakeGate.job, to: "job.yaml")
    let weir = try WeirProcess.path()
    let gate = try WeirProcess(
      ["gate", "--base", weir, "--head", weir, "job.yaml", "--allow-debug", "--json"]
        + ["--budget", "20s", "--delta", "80%"], in: scratch,
      environment: ["TMPDIR": scratch.path])
    // What a loaded machine makes of it is not the question.
    #expect([0, 2, 7, 9].contains(gate.status), "\(gate.errors)")
    let json = try gate.json
    let cell = try #require((json["cells"] as? [[String: Any]])?.first)
    let rounds = try #require(cell["rounds"] as? [[String: Any]])
    #expect(rounds.count >= 8)
    for round in rounds {
      for side in ["base", "head", "control"] {
        let launch = try #require(round[side] as? [String: Any])
        #expect(try #require(launch["cost_ns"] as? Double) > 0)
      }
      #expect(Set(try #require(round["order"] as? [String])) == ["base", "head", "control"])
    }
    let builds = try #require(json["builds"] as? [[String: Any]])
    #expect(builds.count == 3)
    #expect(try scratch.names == ["job.yaml"], "the copy of the base is gone")
  }

  @Test(arguments: ["stream", "pingpong"]) func aSlowedBuildIsSlower(workload: String) throws {
    let weir = try WeirProcess.path()
    let plain = try GateProcess(side: .base, path: weir)
    let slowed = try GateProcess(side: .head, path: weir, arguments: ["--slow-percent", "900"])
    #expect(slowed.hello.slowdownPercent == 900 && plain.hello.slowdownPercent == nil)
    let cell = try cell(workload)
    #expect(try slowed.check(cell).lacks == nil)
    func messages(_ build: GateProcess, _ launch: Int) throws -> Int {
      let reply = try build.launch(
        LaunchOrder(cell: cell, launch: launch, seed: 1, environmentPad: 0))
      let record = try #require(reply.record, "\(String(describing: reply.failure))")
      #expect(record.integrity.complaint == nil)
      return record.slices.reduce(0) { $0 + $1.messages }
    }
    // Ten times as slow, and half as fast at least at its best.
    let most = try (0..<3).map { try (messages(plain, $0), messages(slowed, $0)) }
    let (best, slow) = (most.map(\.0).max() ?? 0, most.map(\.1).max() ?? 0)
    #expect(slow > 0 && slow * 2 < best)
  }

  @Test func whatCannotBeSlowedSaysSo() throws {
    let slowed = try GateProcess(
      side: .head, path: try WeirProcess.path(), arguments: ["--slow-percent", "10"])
    var cell = try cell("stream")
    cell.parameters.store = "list"
    #expect(try slowed.check(cell).lacks?.contains("cannot be slowed") == true)
  }
}
