// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ServiceTimeJudgeTests {
  private static let distribution = ServiceDistribution.pareto(scale: 5_000, shape: 2)
  private static let truth = SelfTestSamples.timed(distribution, count: 20_000)

  /// What a harness says that makes of each half round trip what `change` does.
  private func rows(
    _ truth: LaunchTruth = truth, launches: Int = 1, drop: Int = 0,
    against claimed: ServiceDistribution = distribution, change: (Double) -> Double = { $0 + 10 }
  ) -> [SelfTestRow] {
    let cell = SelfTestSamples.cell("pareto", latency: .halfRoundTrip, launches: launches)
    let times = truth.operations.dropFirst(drop).map { change($0.taken / 2) }
    let records = (0..<launches).map { launch in
      var record = SelfTestSamples.record(cell, launch, messages: times.count, seconds: 1)
      record.latency = SelfTestSamples.pairs(times)
      return record
    }
    let test = SelfTestSamples.test(cell, records, records.map { _ in truth })
    return ServiceTimeJudge(test, claimed).rows()
  }

  @Test(arguments: [1, 3]) func whatIsTrueHolds(launches: Int) {
    let rows = rows(launches: launches)
    #expect(rows.count == 7)
    #expect(rows.allSatisfy { $0.verdict == .held }, "\(rows)")
  }

  @Test(arguments: [1, 3]) func fivePercentOffIsMissed(launches: Int) {
    for factor in [0.95, 1.05] {
      let missed = rows(launches: launches) { $0 * factor }.missed
      #expect(missed == ["pareto p50", "pareto p90", "pareto p99", "pareto p99.9"])
    }
  }

  @Test func onlyTheTailOffIsMissed() {
    #expect(rows { $0 > 100_000 ? $0 * 1.05 : $0 }.missed == ["pareto p99.9"])
  }

  @Test func messagesThatAreNotCountedAreMissed() {
    #expect(rows(drop: 3).missed == ["pareto count"])
    #expect(rows(drop: 2).missed.isEmpty)
    var full = Self.truth
    full.unrecorded = 1
    #expect(rows(full).missed == ["pareto count"])
  }

  @Test func aScriptThatIsNotTheOneIsMissed() {
    let other = ServiceDistribution.pareto(scale: 5_000, shape: 1.9)
    #expect(rows(against: other).missed == ["pareto script"])
    // And one that is not carried out: most operations a tenth too long.
    var slow = Self.truth
    for index in slow.operations.indices { slow.operations[index].end += 2_000 }
    let row = rows(slow).first { $0.subject == "pareto script" }
    #expect(row?.verdict == .missed && row?.cause == nil)
    slow.longestHoldUp = 4e6
    let excused = rows(slow).first { $0.subject == "pareto script" }
    #expect(excused?.isExcused == true)
    #expect(excused?.settled.verdict == .disturbed)
    #expect(excused?.settled.note.hasPrefix("a CPU was taken away for 4.00 ms") == true)
  }

  @Test func aClockOfAnotherLengthIsMissed() {
    var truth = Self.truth
    truth.elapsed.monotonic *= 1.002
    #expect(rows(truth).missed == ["pareto clock"])
  }

  @Test func tooFewMessagesAreNotJudged() throws {
    let few = rows(SelfTestSamples.timed(Self.distribution, count: 5_000))
    #expect(few.missed.isEmpty)
    #expect(few.first { $0.subject == "pareto p99.9" }?.verdict == .unavailable)
  }

  @Test func whatCouldNotBeMeasuredIsSaid() {
    let cell = SelfTestSamples.cell("pareto", latency: .halfRoundTrip)
    var record = SelfTestSamples.record(cell, 0, messages: 1, seconds: 1)
    let silent = SelfTestSamples.test(cell, [record], [nil])
    #expect(ServiceTimeJudge(silent, Self.distribution).rows().missed == ["pareto"])
    record.errors = ["timed died"]
    let failed = SelfTestSamples.test(cell, [record], [Self.truth])
    let rows = ServiceTimeJudge(failed, Self.distribution).rows()
    #expect(rows.missed == ["pareto"] && rows[0].note.contains("timed died"))
    var skipped = cell
    skipped.skip = "needs two CPUs"
    let absent = SelfTestSamples.test(skipped, [], [])
    let row = ServiceTimeJudge(absent, Self.distribution).rows()[0]
    #expect(row.verdict == .unavailable && row.note == "needs two CPUs")
  }
}
