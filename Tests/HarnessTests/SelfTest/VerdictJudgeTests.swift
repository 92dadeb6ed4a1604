// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

/// Faults, placement and the null store: what a harness that does not notice would get.
@Suite struct VerdictJudgeTests {
  private func faults(
    _ truth: Integrity, _ found: Integrity, exit: Int = 8, scripted: [MessageFault] = [.lost]
  ) -> SelfTestRow {
    let cell = SelfTestSamples.cell("losing")
    var record = SelfTestSamples.record(cell, 0, messages: 1000, seconds: 1)
    let damage = found.duplicated - found.lost
    record.integrity = record.integrity + found + Integrity(received: damage)
    var known = LaunchTruth()
    known.faults = truth
    let test = SelfTestSamples.test(cell, [record], [known], exit: exit)
    return FaultJudge(test, scripted: scripted).row()
  }

  @Test(arguments: MessageFault.allCases)
  func countsMustBeExact(fault: MessageFault) {
    let truth = fault.counted(7)
    #expect(faults(truth, truth, scripted: [fault]).verdict == .held)
    #expect(faults(truth, fault.counted(6), scripted: [fault]).verdict == .missed)
    #expect(faults(truth, fault.counted(8), scripted: [fault]).verdict == .missed)
    #expect(faults(truth, Integrity(), exit: 0, scripted: [fault]).verdict == .missed)
    for other in MessageFault.allCases where other != fault {
      let also = truth + other.counted(1)
      #expect(faults(truth, also, scripted: [fault]).verdict == .missed, "also \(other)")
    }
  }

  @Test func theRunMustExitWith8() {
    let truth = Integrity(lost: 7)
    let row = faults(truth, truth, exit: 0)
    #expect(row.verdict == .missed)
    #expect(row.expected == "7 lost; invalid, exit 8" && row.found == "7 lost; invalid, exit 0")
  }

  @Test func whatIsCountedWrongIsNamed() {
    let truth = Integrity(lost: 7, torn: 2)
    let row = faults(truth, Integrity(lost: 6, torn: 3), scripted: [.lost, .torn])
    #expect(row.expected == "9 of 2 kinds; invalid, exit 8" && row.found == row.expected)
    #expect(row.note == "6 lost instead of 7, 3 torn instead of 2")
  }

  @Test func aScriptThatWasNotReachedIsNoProof() {
    let row = faults(Integrity(), Integrity(), exit: 0)
    #expect(row.verdict == .missed && row.note.contains("not reached"))
  }

  @Test func anHonestStoreMustNotBeBlamed() {
    let honest = faults(Integrity(), Integrity(), exit: 0, scripted: [])
    #expect(honest.verdict == .held && honest.found == "no fault; ok, exit 0")
    #expect(faults(Integrity(), Integrity(lost: 1), scripted: []).verdict == .missed)
    #expect(faults(Integrity(), Integrity(), exit: 8, scripted: []).verdict == .missed)
  }

  private func placement(
    _ verified: [Bool?], exit: Int, isSabotaged: Bool, hasActed: Bool = true, runDelay: Int? = nil
  ) -> SelfTestRow {
    let cell = SelfTestSamples.cell("straying", launches: verified.count)
    let records = verified.enumerated().map { launch, verified in
      var record = SelfTestSamples.record(cell, launch, messages: 10, seconds: 1)
      record.placement?.verified = verified
      record.noise.runDelay = runDelay
      return record
    }
    var truth = LaunchTruth()
    truth.isSabotaged = isSabotaged && hasActed
    let test = SelfTestSamples.test(
      cell, records, verified.map { _ in truth }, exit: exit)
    return PlacementJudge(test, isSabotaged: isSabotaged).row()
  }

  @Test func everySabotagedLaunchMustBeNoticed() {
    #expect(placement([false, false], exit: 9, isSabotaged: true).verdict == .held)
    #expect(placement([true, true], exit: 0, isSabotaged: true).verdict == .missed)
    // One of two would make the cell invalid too.
    #expect(placement([false, true], exit: 9, isSabotaged: true).verdict == .missed)
    #expect(placement([nil, nil], exit: 0, isSabotaged: true).verdict == .missed)
    #expect(placement([false, false], exit: 0, isSabotaged: true).verdict == .missed)
  }

  @Test func aWorkerThatNeverCameToItProvesNothing() {
    let idle = placement([false], exit: 9, isSabotaged: true, hasActed: false)
    #expect(idle.verdict == .missed && !idle.isExcused)
    let starved = placement(
      [true], exit: 0, isSabotaged: true, hasActed: false, runDelay: 150_000_000)
    #expect(starved.isExcused && starved.settled.verdict == .disturbed)
    // One that acted and was not noticed has no excuse.
    let unseen = placement([true], exit: 0, isSabotaged: true, runDelay: 150_000_000)
    #expect(unseen.settled.verdict == .missed)
  }

  @Test func whoStaysMustNotBeBlamed() {
    #expect(placement([true, true], exit: 0, isSabotaged: false).verdict == .held)
    #expect(placement([true, false], exit: 9, isSabotaged: false).verdict == .missed)
    #expect(placement([true, nil], exit: 0, isSabotaged: false).verdict == .missed)
  }

  private func null(
    nanoseconds: Double, _ latency: LatencyKind, isRelease: Bool = true, steal: Int? = nil
  ) -> SelfTestRow {
    let cell = SelfTestSamples.cell("null", latency: latency)
    let messages = 100_000
    var record = SelfTestSamples.record(
      cell, 0, messages: messages, seconds: nanoseconds * Double(messages) / 1e9)
    if latency == .halfRoundTrip {
      record.latency = [.init(nanoseconds: UInt64(nanoseconds / 2), count: UInt64(messages))]
    }
    record.noise.steal = steal
    let test = SelfTestSamples.test(cell, [record], [LaunchTruth()], isRelease: isRelease)
    return NullCostJudge(test).row()
  }

  /// A reading of the clock costs 20 ns in these samples.
  @Test(arguments: [LatencyKind.halfRoundTrip, .oneWay])
  func theNullStoreCostsTwoClockReads(latency: LatencyKind) {
    #expect(null(nanoseconds: 38, latency).verdict == .held)
    let dear = null(nanoseconds: 42, latency)
    #expect(dear.verdict == .missed && dear.found == "2.10 clock reads")
    #expect(!dear.isExcused)
    #expect(null(nanoseconds: 42, latency, steal: 20_000_000).isExcused)
    #expect(!null(nanoseconds: 42, latency, steal: 1000).isExcused)
    #expect(null(nanoseconds: 42, latency, isRelease: false).verdict == .unavailable)
  }
}
