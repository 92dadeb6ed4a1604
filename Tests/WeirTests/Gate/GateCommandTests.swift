// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Gates of made-up builds: what they say, and with which code they exit.
@Suite(.timeLimit(.minutes(3))) struct GateCommandTests {
  private static let slower = "messages=$((messages * 100 / 130))"
  private static let faster = "messages=$((messages * 130 / 100))"
  /// Now within the margin and now beyond it.
  private static let wavering = "messages=$((messages * 100 / (102 + launch % 2 * 6)))"

  @Test func equalBuildsPass() throws {
    let gate = try FakeGate().run()
    #expect(gate.status == 0, "\(gate.errors)")
    #expect(gate.output.hasPrefix("gate fake: 1 same of 1 cells\n"))
    #expect(gate.errors.isEmpty)
  }

  @Test func aRegressionExitsWith2AndIsWrittenDown() throws {
    let fake = try FakeGate(head: Self.slower)
    let gate = try fake.run("--markdown", "gate.md", "--junit", "gate.xml")
    #expect(gate.status == 2, "\(gate.errors)")
    #expect(gate.output.hasPrefix("gate fake: 1 slower of 1 cells\n"))
    #expect(try fake.scratch.text("gate.md").hasPrefix("# gate fake: 1 slower of 1 cells\n"))
    #expect(try fake.scratch.text("gate.xml").contains("<failure message=\"slower: +"))
  }

  @Test func anImprovementIsAFindingOnlyWhenStrict() throws {
    let fake = try FakeGate(head: Self.faster)
    #expect(try fake.run().status == 0)
    #expect(try fake.run("--strict").status == 4)
  }

  @Test func jsonHoldsEverything() throws {
    let gate = try FakeGate(head: Self.slower).run("--json", "--seed", "5", "--delta", "2%,10ns")
    #expect(gate.status == 2)
    let json = try gate.json
    #expect(json["schema"] as? String == "weir-gate/1" && json["seed"] as? Int == 5)
    #expect(json["findings"] as? [String] == ["regression"])
    let rules = try #require(json["rules"] as? [String: Any])
    #expect((rules["margin"] as? [String: Double]) == ["relative": 0.02, "absolute_ns": 10])
  }

  @Test(arguments: [("fail", CInt(7)), ("pass", 0), ("warn", 0)])
  func whatStaysUndecidedIsSaidAsAsked(policy: String, status: CInt) throws {
    let gate = try FakeGate(head: Self.wavering).run("--inconclusive", policy, "--budget", "2s")
    #expect(gate.status == status, "\(gate.errors)")
    #expect(gate.output.hasPrefix("gate fake: 1 inconclusive of 1 cells\n"))
    #expect(gate.errors.contains("stayed inconclusive") == (policy == "warn"))
  }

  @Test func aBaseThatDiffersFromItselfIsNeverGreen() throws {
    // The copy knows itself by its path.
    let unlike = "[[ $0 == *weir-control* ]] && \(Self.slower)"
    for head in ["", Self.slower] {
      let gate = try FakeGate(base: unlike, head: head).run("--inconclusive", "pass")
      #expect(gate.status == 9, "\(gate.errors)")
      #expect(gate.output.hasPrefix("gate fake: INVALID, the base differs from itself"))
    }
  }

  @Test func aCrashInHeadOnlyExitsWith3AndSaysSo() throws {
    let gate = try FakeGate(head: "[ $launch = 2 ] && kill -SEGV $$").run()
    #expect(gate.status == 3)
    #expect(gate.errors.hasPrefix("weir: head: its `launch` process was killed by signal 11"))
    #expect(gate.errors.contains("in head only: base carries the same launch out"))
    let exit = try FakeGate(base: "[ $launch = 2 ] && { echo no room >&2; exit 7; }").run()
    #expect(exit.status == 3)
    #expect(exit.errors.contains("exited with code 7") && exit.errors.contains("no room"))
    #expect(exit.errors.contains("in base only"))
  }

  @Test func lostMessagesExitWith8() throws {
    let gate = try FakeGate(head: "[ $launch = 1 ] && lost=5").run()
    #expect(gate.status == 8)
    #expect(gate.errors.contains("integrity: 5 lost"), "\(gate.errors)")
  }

  @Test func cpusThatChangeExitWith9() throws {
    let gate = try FakeGate(head: "[ $launch = 2 ] && cpus=0").run()
    #expect(gate.status == 9)
    #expect(gate.errors.contains("CPUs 0-1 have become 0"))
  }

  @Test func aCellThatOneBuildLacksIsNeverGreen() throws {
    let lacks = "lacks='\"no backend is named shm\"'"
    let base = try FakeGate(base: lacks).run()
    #expect(base.status == 5 && base.refusedInOneLine)
    #expect(base.errors.contains("missing in base: no backend is named shm"))
    let head = try FakeGate(head: lacks).run()
    #expect(head.status == 6 && head.errors.contains("missing in head"))
    let renamed = try FakeGate(base: "id=stream/other").run()
    #expect(renamed.status == 5 && renamed.errors.contains("takes the cell for stream/other"))
  }

  @Test func aDebugBuildOnOneSideIsRefused() throws {
    let fake = try FakeGate()
    try FakeBuild.write(to: fake.scratch, as: "head", configuration: "debug")
    let gate = try fake.run()
    #expect(gate.status == 9 && gate.refusedInOneLine)
    #expect(gate.errors.contains("head is a debug build"))
    let allowed = try fake.run("--allow-debug")
    #expect(allowed.status == 0)
    #expect(allowed.output.contains("!! head is a debug build"))
    #expect(allowed.output.contains("debug head"))
  }
}
