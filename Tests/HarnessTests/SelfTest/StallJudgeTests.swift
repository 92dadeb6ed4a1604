// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct StallJudgeTests {
  private static let form = StallForm(
    period: .milliseconds(1000), length: .milliseconds(100))
  private static let stalled = SelfTestSamples.open(form)
  private static let steady = SelfTestSamples.open(nil)

  /// From the intended start, as it should be.
  private static func response(_ operation: LaunchTruth.Operation) -> Double {
    operation.end - Double(operation.sequence) * 100_000 + 30
  }

  private func rows(
    stalling: SelfTestCase? = nil, steady: SelfTestCase? = nil
  ) -> [SelfTestRow] {
    StallJudge(
      stalling
        ?? SelfTestSamples.open("stalling", Self.stalled, response: Self.response),
      control: steady
        ?? SelfTestSamples.open("steady", Self.steady, response: Self.response),
      form: Self.form
    ).rows()
  }

  @Test func theClosedFormIsT3s() {
    #expect(abs(Self.form.response(0.99) - 90e6) < 1)
    #expect(abs(Self.form.response(0.999) - 99e6) < 1)
    #expect(Self.form.response(0.5) == 0)
    let scaled = StallForm(period: .milliseconds(400), length: .milliseconds(40))
    #expect(abs(scaled.response(0.99) - 36e6) < 1)
  }

  @Test func whatIsTrueHolds() {
    let rows = rows()
    #expect(rows.count == 10)
    #expect(rows.allSatisfy { $0.verdict == .held }, "\(rows)")
    let p99 = rows[0]
    #expect(p99.expected == "90.00 ms" && p99.cells.count == 2)
  }

  /// Coordinated omission: who measures from the actual start sees nothing of a stall.
  @Test func omittedWaitingIsMissed() {
    let omitting = SelfTestSamples.open("stalling", Self.stalled) { $0.taken + 30 }
    #expect(
      rows(stalling: omitting).missed == [
        "stalling response p99", "stalling response p99.9",
        "stalling response p99, own reckoning",
      ])
  }

  @Test func fivePercentAndMoreOffIsMissed() {
    for factor in [0.93, 1.07] {
      let off = SelfTestSamples.open("stalling", Self.stalled) { Self.response($0) * factor }
      #expect(rows(stalling: off).missed.contains("stalling response p99"))
    }
    // The store's own reckoning is stricter than the closed form.
    let near = SelfTestSamples.open("stalling", Self.stalled) { Self.response($0) * 1.02 }
    #expect(rows(stalling: near).missed == ["stalling response p99, own reckoning"])
  }

  /// The stalling cell with other service times.
  private func serving(_ time: (LaunchTruth.Operation) -> Double) -> SelfTestCase {
    var test = SelfTestSamples.open("stalling", Self.stalled, response: Self.response)
    var record = test.cell.samples[0]
    record.service = SelfTestSamples.pairs(Self.stalled.operations.map(time))
    test.cell = RunCell(
      test.cell.cell, samples: [record], roofline: Roofline(), regimes: .unknown)
    return test
  }

  @Test func aStallInTheServiceTimeIsMissed() {
    let moved = serving { $0.taken + ($0.sequence % 50 == 0 ? 50e6 : 30) }
    #expect(rows(stalling: moved).missed == ["stalling service p99"])
  }

  @Test func serviceTimesFivePercentOffAreMissed() {
    for factor in [0.95, 1.05] {
      let off = serving { $0.taken * factor }
      #expect(rows(stalling: off).missed.contains("stalling service p50"))
    }
  }

  @Test func aControlThatStallsIsMissed() {
    let restless = SelfTestSamples.open("steady", Self.stalled, response: Self.response)
    #expect(rows(steady: restless).missed == ["steady response p99"])
  }

  @Test func aMachineThatWasBusyIsNotHeldAgainstTheHarness() {
    var truth = Self.stalled
    truth.longestHoldUp = 9e6
    let late = SelfTestSamples.open("stalling", truth) { Self.response($0) * 1.07 }
    let row = rows(stalling: late)[0]
    #expect(row.verdict == .missed && row.isExcused)
    #expect(row.settled.verdict == .disturbed)
    truth.longestHoldUp = 4e6
    let shorter = SelfTestSamples.open("stalling", truth) { Self.response($0) * 1.07 }
    #expect(!rows(stalling: shorter)[0].isExcused, "4 ms do not explain 7")
  }
}
