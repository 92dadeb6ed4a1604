// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct CellSummaryTests {
  let cell: Cell
  let good: [LaunchRecord]

  init() throws {
    cell = try Plan(job(minimal(), ["launches=6", "size=4KiB"]), catalog: .sample).cells[0]
    good = (0..<6).map { [cell] in SampleRun.record(cell, launch: $0) }
  }

  private func summary(_ change: (inout LaunchRecord) -> Void) -> CellSummary {
    var records = good
    change(&records[3])
    return CellSummary(cell, records: records, roofline: SampleRun.roofline, regimes: .unknown)
  }

  @Test func summarisesLaunches() throws {
    let summary = summary { _ in }
    #expect(summary.status == .ok)
    #expect(summary.warnings.isEmpty)
    #expect(summary.launches == 6)
    let rates = good.map { $0.slices.reduce(0) { $0 + $1.messages } }.map(Double.init)
    let rate = try #require(summary.metrics.messagesPerSecond)
    #expect(abs(rate.value / (try #require(Statistics.median(rates))) - 1) < 1e-9)
    #expect(rate.low == rates.min())
    #expect(rate.high == rates.max())
    #expect(summary.noise.slices == 60)
    #expect(summary.noise.runDelay == 1_500_000)
  }

  @Test(arguments: [
    (Integrity(lost: 1), "integrity: 1 lost"),
    (Integrity(duplicated: 1), "integrity: 1 duplicated"),
    (Integrity(reordered: 1), "integrity: 1 reordered"),
    (Integrity(corrupt: 1), "integrity: 1 corrupt"), (Integrity(torn: 1), "integrity: 1 torn"),
    (Integrity(received: 1), "integrity: counters disagree"),
  ])
  func badMessagesInvalidate(_ fault: Integrity, _ reason: String) {
    let summary = summary { $0.integrity = $0.integrity + fault }
    #expect(summary.status == .invalid)
    #expect(summary.reason?.hasPrefix(reason) == true)
  }

  @Test func opposingFaultsDoNotCancel() {
    var records = good
    records[0].integrity.received += 1
    records[1].integrity.received -= 1
    let summary = CellSummary(
      cell, records: records, roofline: SampleRun.roofline, regimes: .unknown)
    #expect(summary.status == .invalid)
  }

  @Test func allowedDropsAreNoViolation() {
    let summary = summary {
      $0.integrity.sent += 5
      $0.integrity.dropped += 5
    }
    #expect(summary.status == .ok)
  }

  @Test func misplacementInvalidates() {
    let summary = summary {
      $0.placement?.verified = false
      $0.placement?.mismatch = "customer on CPU 0, asked for 1"
    }
    #expect(summary.status == .invalid)
    #expect(summary.reason == "placement: customer on CPU 0, asked for 1")
  }

  @Test func workerErrorsFail() {
    let failed = summary { $0.errors = ["producer exited with 11"] }
    #expect(failed.status == .failed)
    #expect(failed.reason == "launch 3: producer exited with 11")
    #expect(failed.launches == 5)
    #expect(
      CellSummary(cell, records: [], roofline: Roofline(), regimes: .unknown).status == .failed)
  }

  @Test func unknownStaysUnknown() {
    let summary = summary {
      $0.noise.steal = nil
      $0.placement = nil
    }
    #expect(summary.noise.steal == nil)
    #expect(summary.noise.runDelay != nil)
    #expect(summary.placement?.verified == nil)
    #expect(summary.warnings == ["placement could not be verified"])
  }

  @Test func quarantineShowsBoth() throws {
    let summary = summary {
      $0.slices[0].quarantine = "run delay 31 ms"
      $0.slices[0].messages = 0
    }
    #expect(summary.noise.quarantinedSlices == 1)
    #expect(summary.metrics.messagesPerSecondWithQuarantined != nil)
    #expect(summary.status == .ok)
    let clean = try #require(summary.metrics.messagesPerSecond)
    let all = try #require(summary.metrics.messagesPerSecondWithQuarantined)
    #expect((all.low ?? 0) < (clean.low ?? 0))
  }

  @Test func fewLaunchesAreSaid() {
    let summary = CellSummary(
      cell, records: Array(good.prefix(5)), roofline: SampleRun.roofline, regimes: .unknown)
    #expect(summary.metrics.messagesPerSecond?.low == nil)
    #expect(summary.warnings.count == 2)
  }

  @Test func openLoadsMustBeSustained() throws {
    var open = cell
    open.load = .open(Rate(perSecond: 1_000))
    #expect(CellSummary(open, records: good, roofline: Roofline(), regimes: .unknown).status == .ok)
    open.load = .open(Rate(perSecond: 1_000_000_000))
    let late = CellSummary(open, records: good, roofline: Roofline(), regimes: .unknown)
    #expect(late.status == .invalid)
    #expect(late.reason?.hasPrefix("rate not sustained") == true)
    #expect(late.achievedPerSecond != nil)
  }

  @Test func emptyRecordsMakeNoNumbers() {
    let empty = LaunchRecord(
      cellID: cell.id, launch: 0,
      slices: [
        .init(duration: Nanoseconds(0), messages: 0, bytes: 0)
      ])
    let summary = CellSummary(cell, records: [empty], roofline: Roofline(), regimes: .unknown)
    #expect(summary.metrics.messagesPerSecond == nil)
    #expect(summary.reason == "no message was received")
  }
}

@Suite struct RoofShareTests {
  private func share(_ overrides: [String], _ roofline: Roofline) throws -> RoofShare {
    let cell = try Plan(job(minimal(), overrides + ["launches=6"]), catalog: .sample).cells[0]
    let records = (0..<6).map { SampleRun.record(cell, launch: $0) }
    return try #require(
      CellSummary(cell, records: records, roofline: roofline, regimes: .unknown).metrics.roof)
  }

  @Test(arguments: [
    (["size=64KiB"], "memcpy 64KiB"), (["size=64B"], "memcpy 64B"),
    (["workload=pingpong", "wait=spin"], "cache-line ping-pong"),
    (["workload=pingpong", "wait=park"], "futex ping-pong"),
  ])
  func namesItsLimit(_ overrides: [String], _ limit: String) throws {
    let share = try share(overrides, SampleRun.roofline)
    #expect(share.limit == limit)
    #expect(share.reason == nil)
    #expect(try #require(share.share) > 0)
    let none = try self.share(overrides, Roofline())
    #expect(none.share == nil)
    #expect(none.reason == "\(limit) was not measured")
  }

  @Test func prefersAPlainRingForSmallStreams() throws {
    var roofline = SampleRun.roofline
    roofline.stream[64] = Roofline.Limit(repeats: [1e8])
    let share = try share(["size=64B"], roofline)
    #expect(share.limit == "C ring 64B")
    #expect(abs(try #require(share.share) - 0.83) < 0.05)
  }

  @Test func countsOneProducerAndCustomer() throws {
    let one = try #require(try share(["size=64KiB"], SampleRun.roofline).share)
    let two = try #require(try share(["size=64KiB", "customers=2"], SampleRun.roofline).share)
    #expect(abs(two / one - 0.5) < 0.05)
  }

  @Test func referencesHaveNoRoof() throws {
    let share = try share(["store=list"], SampleRun.roofline)
    #expect(share.share == nil)
    #expect(share.reason?.contains("nothing is copied") == true)
  }
}
