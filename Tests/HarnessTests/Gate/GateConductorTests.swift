// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct GateConductorTests {
  private func refusal(_ gate: FakeGate) -> GateError? {
    do {
      _ = try gate.conduct()
      return nil
    } catch { return error as? GateError }
  }

  @Test func equalBuildsPass() throws {
    let gate = try FakeGate()
    let result = try gate.conduct()
    let compared = result.cells.filter { $0.absence == nil }
    #expect(!compared.isEmpty)
    #expect(compared.allSatisfy { $0.state?.verdict == .same && $0.rounds.count == 12 })
    #expect(result.finding(strict: true, failsInconclusive: true) == nil)
    #expect(gate.base.orders.count == gate.head.orders.count)
    #expect(gate.base.orders.count == gate.control.orders.count)
  }

  /// The same messages for all, and each its own place on the stack.
  @Test func buildsOfARoundGetTheSameWork() throws {
    let gate = try FakeGate()
    _ = try gate.conduct()
    #expect(gate.base.orders.map(\.cell.id) == gate.head.orders.map(\.cell.id))
    #expect(gate.base.orders.map(\.seed) == gate.head.orders.map(\.seed))
    #expect(gate.base.orders.map(\.environmentPad) != gate.head.orders.map(\.environmentPad))
    #expect(Set(gate.base.orders.map(\.environmentPad)).count > 5)
    let again = try FakeGate()
    _ = try again.conduct()
    #expect(gate.head.orders == again.head.orders, "the seed decides everything")
  }

  @Test func slowerAndFasterAreFound() throws {
    let gate = try FakeGate()
    gate.head.cost = { $0.cell.latency == .halfRoundTrip ? 1200 : 800 }
    let result = try gate.conduct()
    for cell in result.cells where cell.absence == nil {
      let expected: GateVerdict = cell.cell.latency == .halfRoundTrip ? .slower : .faster
      #expect(cell.state?.verdict == expected)
    }
    #expect(result.findings == [.regression, .improvement])
    #expect(result.finding(strict: true, failsInconclusive: true) == .regression)
    gate.head.cost = { _ in 800 }
    let faster = try gate.conduct()
    #expect(faster.finding(strict: true, failsInconclusive: true) == .improvement)
    #expect(faster.finding(strict: false, failsInconclusive: true) == nil)
  }

  @Test func undecidedCellsGetRoundsUntilTheBudgetIsSpent() throws {
    let gate = try FakeGate(budget: .seconds(300))
    // At the margin: half of the pairs on either side.
    gate.head.cost = { $0.cell.latency == .halfRoundTrip ? 1000 : $0.launch % 2 == 0 ? 1020 : 1080 }
    let result = try gate.conduct()
    let counts = result.cells.filter { $0.absence == nil }.map {
      ($0.cell.latency == .halfRoundTrip, $0.rounds.count)
    }
    #expect(counts.allSatisfy { $0.0 ? $0.1 == 12 : $0.1 > 12 })
    #expect(result.finding(strict: false, failsInconclusive: true) == .inconclusive)
    #expect(result.finding(strict: false, failsInconclusive: false) == nil)
    #expect(result.elapsed <= Nanoseconds.seconds(300))
    #expect(result.elapsed >= Nanoseconds.seconds(280), "and it was used")
  }

  @Test func aBaseThatDiffersFromItselfInvalidatesEverything() throws {
    let gate = try FakeGate()
    gate.control.cost = { _ in 1100 }
    let result = try gate.conduct()
    #expect(result.finding(strict: false, failsInconclusive: false) == .invalid)
    // Also when head is slower: nobody knows what that means.
    gate.head.cost = { _ in 1300 }
    #expect(try gate.conduct().finding(strict: false, failsInconclusive: false) == .invalid)
  }

  @Test(arguments: [GateSide.base, .head]) func aDebugBuildIsRefusedUnlessAllowed(side: GateSide)
    throws
  {
    var gate = try FakeGate()
    (side == .base ? gate.base : gate.head).hello.build.configuration = "debug"
    let error = try #require(refusal(gate))
    #expect(error.code == .debugBuild && error.description.hasPrefix("\(side.rawValue) is a debug"))
    gate.terms.allowsDebug = true
    let result = try gate.conduct()
    #expect(result.notes == ["\(side.rawValue) is a debug build"])
    let table = GateReport(result).document().markdown()
    #expect(table.split(separator: "\n").count { $0.contains("debug \(side.rawValue) |") } == 2)
  }

  @Test func anotherMachineIsRefused() throws {
    let gate = try FakeGate()
    gate.head.hello.machineFingerprint = "beef"
    #expect(refusal(gate)?.code == .machineChanged)
    let other = try FakeGate()
    other.head.hello.cpus = "0"
    #expect(refusal(other)?.description.contains("base may use CPUs 0-1, head 0") == true)
  }

  @Test func cpusThatChangeMeanwhileEndTheGate() throws {
    let gate = try FakeGate()
    gate.head.amend = { (reply, order) throws(GateError) in
      if order.launch == 3 { reply.cpus = "0" }
    }
    let result = try gate.conduct()
    #expect(result.failure?.code == .machineChanged)
    #expect(result.failure?.description.contains("CPUs 0-1 have become 0") == true)
    #expect(result.finding(strict: false, failsInconclusive: false) == .invalid)
  }

  @Test func aCrashInHeadOnlySaysSo() throws {
    func crash(_ reply: inout LaunchReply, _ order: LaunchOrder) throws(GateError) {
      guard order.launch == 2 else { return }
      reply = LaunchReply(
        cpus: "0-1", failure: LaunchFailure(code: "workerDied", message: "signal 11"))
    }
    let gate = try FakeGate()
    gate.head.amend = crash
    let result = try gate.conduct()
    #expect(result.finding(strict: false, failsInconclusive: false) == .workerFailed)
    let text = try #require(result.failure?.description)
    #expect(text.hasPrefix("head: ") && text.contains("signal 11; in head only"))
    gate.base.amend = crash
    #expect(try gate.conduct().failure?.description.contains("cannot carry it out either") == true)
    gate.head.amend = { _, _ in }
    #expect(try gate.conduct().failure?.description.contains("in base only") == true)
  }

  /// The host took the CPUs for a whole launch: that pair is lost, and nothing else.
  @Test func aLaunchWithoutMessagesCostsItsPair() throws {
    func starve(_ reply: inout LaunchReply) {
      reply.record?.slices = []
      reply.record?.latency = []
      reply.record?.integrity = Integrity()
    }
    let gate = try FakeGate()
    gate.head.amend = { (reply, order) throws(GateError) in
      if order.launch == 3 { starve(&reply) }
    }
    let result = try gate.conduct()
    let compared = result.cells.filter { $0.absence == nil }
    #expect(compared.allSatisfy { $0.state?.verdict == .same && $0.state?.head.pairs == 11 })
    #expect(compared.allSatisfy { $0.rounds.count == 12 && $0.rounds[3].head.cost == nil })
    let table = GateReport(result).document().markdown()
    #expect(table.contains("launches with too few messages: 1 |"))
    gate.head.amend = { (reply, _) throws(GateError) in starve(&reply) }
    let never = try gate.conduct()
    #expect(never.failure?.code == .invalid)
    #expect(never.failure?.description.contains("in each of 6 launches; lengthen") == true)
  }

  @Test func damagedMessagesEndTheGate() throws {
    let gate = try FakeGate()
    gate.head.amend = { (reply, order) throws(GateError) in
      if order.launch == 1 {
        reply.record?.integrity.received -= 1
        reply.record?.integrity.lost = 1
      }
    }
    let result = try gate.conduct()
    #expect(result.failure?.code == .integrity)
    #expect(result.failure?.description.contains("1 lost") == true)
    gate.head.amend = { (reply, _) throws(GateError) in
      reply.record?.placement = ObservedPlacement(
        producerCPUs: [1], customerCPUs: [1], segmentPagesByNode: nil, verified: false)
    }
    #expect(try gate.conduct().failure?.code == .invalid)
    gate.head.amend = { (reply, _) throws(GateError) in reply.record = nil }
    #expect(try gate.conduct().failure?.code == .incompatible)
  }

  @Test func aCellThatTheBaseLacksIsNeverGreen() throws {
    let gate = try FakeGate()
    let isQueue = { (cell: Cell) in cell.store == "queue" ? "no backend is named queue" : nil }
    gate.base.lacks = isQueue
    gate.control.lacks = isQueue
    var mixed = gate
    let plan = try Plan(
      job(SampleRun.small, ["launches=12", "serializer=small"]), catalog: .sample)
    mixed.terms.cells = plan.cells.filter { $0.skip == nil }
    let result = try mixed.conduct()
    #expect(result.cells.contains { $0.absence == .baseLacks("no backend is named queue") })
    #expect(result.cells.contains { $0.state?.verdict == .same })
    #expect(result.finding(strict: false, failsInconclusive: false) == .baseMissing)
    mixed.terms.cells = mixed.terms.cells.filter { $0.store == "queue" }
    #expect(refusal(mixed)?.code == .incompatible)
    mixed.base.lacks = { _ in nil }
    mixed.control.lacks = { _ in nil }
    mixed.head.lacks = isQueue
    #expect(refusal(mixed)?.code == .nothingToCompare)
  }

  @Test func whatCannotDecideIsRefused() throws {
    #expect(refusal(try FakeGate(["launches=5"]))?.description.contains("needs 6") == true)
    #expect(refusal(try FakeGate(["launches=6"]))?.code == .usage, "two cells share alpha")
    let short = try FakeGate(budget: .seconds(1))
    #expect(refusal(short)?.description.contains("more than --budget 1s") == true)
  }
}
