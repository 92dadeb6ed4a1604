// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Scenarios
import Testing
import Topology

@Suite(.timeLimit(.minutes(2))) struct CompareCommandTests {
  /// Writes runs of made-up launches: `old`, and `new` that takes a quarter longer.
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try RunWriter(path: scratch.path + "/old.json").write(run())
    try RunWriter(path: scratch.path + "/new.json").write(run(cost: 1250))
    try RunWriter(path: scratch.path + "/far.json").write(run(fingerprint: "beef"))
    return scratch
  }

  private func run(cost: Double = 1000, fingerprint: String = "f00d") throws -> Run {
    let catalog = WeirScenarios.catalog(machine: try Machine(synthetic: SampleJob.machine))
    let text = SampleJob.yaml.replacing("launches: 3", with: "launches: 8")
    let plan = try Plan(Job(yaml: text, source: "job.yaml", catalog: catalog), catalog: catalog)
    var run = Run(
      header: RunHeader(
        id: "r-1", plan: plan, started: "2026-01-02T03:04:05Z", command: ["weir", "run"], job: text),
      build: BuildInfo(
        version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "release"),
      machine: MachineInfo(fingerprint: fingerprint, kernel: "Linux 6.1", cpu: "Example CPU"),
      clock: ClockInfo(source: "tsc", readCost: nil), roofline: Roofline())
    run.replaceCells(
      with: plan.cells.map { cell in
        let each = cell.store == "queue" ? cost * 4 : cost
        let samples = (0..<8).map { launch in
          let messages = Int(1e9 / each) + launch * 100
          return LaunchRecord(
            cellID: cell.id, launch: launch,
            slices: [.init(duration: .seconds(1), messages: messages, bytes: 0)],
            integrity: Integrity(sent: messages, received: messages))
        }
        return RunCell(
          cell, samples: samples, roofline: Roofline(), regimes: Regimes(links: []))
      })
    return run
  }

  @Test func twoRuns() throws {
    let weir = try WeirProcess(["compare", "old.json", "new.json"], in: scratch())
    #expect(weir.status == 0 && weir.errors.isEmpty)
    #expect(weir.output.hasPrefix("new against old\n"))
    #expect(weir.output.contains("new is 1.25× ["))
    let json = try WeirProcess(["compare", "old.json", "new.json", "--json"], in: scratch()).json
    #expect(json["schema"] as? String == "weir-compare/1")
    #expect((json["rows"] as? [Any])?.count == 8)
  }

  @Test func oneRunByStore() throws {
    let weir = try WeirProcess(
      ["compare", "old.json", "--by", "store", "--reference", "shm"], in: scratch())
    #expect(weir.status == 0)
    #expect(weir.output.contains("queue is 4.0"))
    let unlike = try WeirProcess(
      ["compare", "old.json", "--by", "wait", "--reference", "park"], in: scratch())
    #expect(unlike.status == 5 && unlike.refusedInOneLine)
    #expect(unlike.errors.contains("who polls burns a core"))
  }

  @Test(arguments: [
    ["compare", "old.json"], ["compare", "old.json", "new.json", "far.json"],
    ["compare", "old.json", "new.json", "--by", "store", "--reference", "shm"],
    ["compare", "old.json", "--by", "store"],
    ["compare", "old.json", "new.json", "--baseline", "main"],
  ])
  func whatDoesNotGoTogether(arguments: [String]) throws {
    #expect(try WeirProcess(arguments, in: scratch()).status == 64)
  }

  @Test func aBaselineIsKeptAndComparedWith() throws {
    let scratch = try scratch()
    func weir(_ arguments: String...) throws -> WeirProcess {
      try WeirProcess(
        arguments, in: scratch, environment: ["WEIR_BASELINES": scratch.path + "/kept/here"])
    }
    let missing = try weir("compare", "--baseline", "main", "new.json")
    #expect(missing.status == 5 && missing.refusedInOneLine)
    #expect(missing.errors.contains("there are none yet"))
    #expect(try weir("baseline", "save", "main", "old.json").status == 0)
    #expect(try weir("baseline", "save", "main", "new.json").status == 64, "it is taken")
    #expect(try weir("baseline", "save", "main", "old.json", "--replace").status == 0)
    #expect(try weir("baseline", "list").output.contains("f00d"))
    let listed = try weir("baseline", "list", "--json").json
    #expect((listed["baselines"] as? [[String: Any]])?.first?["name"] as? String == "main")
    #expect(try weir("baseline", "show", "main").output.hasPrefix("sample\n"))
    #expect(try weir("baseline", "show", "main", "--json").output == scratch.text("old.json"))
    #expect(try weir("compare", "--baseline", "main", "new.json").output.contains("1.25×"))
    let far = try weir("compare", "--baseline", "main", "far.json")
    #expect(far.status == 5 && far.refusedInOneLine)
    #expect(far.errors.contains("another machine"))
    // These runs have no limits that they could be shares of.
    let forced = try weir("compare", "--baseline", "main", "far.json", "--force")
    #expect(forced.status == 5 && forced.errors.contains("no limit was measured"))
    #expect(try weir("baseline", "rm", "main").status == 0)
    #expect(try weir("baseline", "rm", "main").status == 5)
    #expect(try weir("baseline", "show", "../old").status == 64)
  }

  @Test func whatIsNoWholeRunIsNotKept() throws {
    let scratch = try scratch()
    var partial = try run()
    partial.header.cellsPlanned += 1
    try RunWriter(path: scratch.path + "/partial.json").write(partial)
    let weir = try WeirProcess(
      ["baseline", "save", "x", "partial.json"], in: scratch,
      environment: ["WEIR_BASELINES": scratch.path + "/kept"])
    #expect(weir.status == 9 && weir.refusedInOneLine)
    #expect(try WeirProcess(["baseline", "save", "x", "absent.json"], in: scratch).status == 1)
  }
}
