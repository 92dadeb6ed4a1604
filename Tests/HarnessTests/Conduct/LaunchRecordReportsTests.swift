// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct LaunchRecordReportsTests {
  private let cell = RooflineScenario.cell(sizes: [])

  private func record(_ reports: [WorkerReport], steal: Int? = nil) -> LaunchRecord {
    LaunchRecord(
      cell: cell, launch: 4, outcome: LaunchOutcome(reports: reports, machine: Noise(steal: steal)))
  }

  private func report(_ integrity: Integrity) -> WorkerReport {
    var report = WorkerReport()
    report.integrity = integrity
    return report
  }

  struct Case: Sendable {
    var producer: Integrity
    var customers: [Integrity]
    var lost: Int
    var complaint: String?
  }

  @Test(
    arguments: [
      Case(producer: Integrity(sent: 10), customers: [Integrity(received: 10)], lost: 0),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 7)], lost: 3,
        complaint: "3 lost"),
      Case(
        producer: Integrity(sent: 10, dropped: 3), customers: [Integrity(received: 7)], lost: 0),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 10, duplicated: 2)], lost: 2,
        complaint: "2 lost, 2 duplicated"),
      Case(
        producer: Integrity(sent: 20),
        customers: [Integrity(received: 10), Integrity(received: 9)], lost: 1, complaint: "1 lost"),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 12)], lost: 0,
        complaint: "counters disagree: 10 sent, 12 received, 0 dropped"),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 1, skipped: 9)], lost: 0),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 1, skipped: 8)], lost: 1,
        complaint: "1 lost"),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 3, skipped: 8)], lost: 0,
        complaint: "counters disagree: 10 sent, 3 received, 0 dropped, 8 skipped"),
      Case(
        producer: Integrity(sent: 10), customers: [Integrity(received: 10, corrupt: 1)], lost: 0,
        complaint: "1 corrupt"),
    ])
  func whatIsSentAndNeitherReceivedNorDroppedIsLost(_ script: Case) {
    let record = record([report(script.producer)] + script.customers.map(report))
    #expect(record.integrity.lost == script.lost)
    #expect(record.integrity.complaint == script.complaint)
    #expect(record.launch == 4)
    #expect(record.cellID == cell.id)
  }

  /// Runs of before strategies were measured.
  @Test func countersWithoutSkippedAreRead() throws {
    let counted = Integrity(sent: 9, received: 7, dropped: 2)
    var stored = try #require(
      JSONSerialization.jsonObject(with: try JSONEncoder().encode(counted)) as? [String: Int])
    #expect(stored.removeValue(forKey: "skipped") == 0)
    let old = try JSONSerialization.data(withJSONObject: stored)
    #expect(try JSONDecoder().decode(Integrity.self, from: old) == counted)
  }

  /// Unknown is not true, whoever says it first.
  @Test(
    arguments: [
      ([true, true], true), ([true, nil], nil), ([nil, true], nil), ([nil, nil], nil),
      ([false, true], false), ([true, false], false), ([nil, false], false), ([true], true),
      ([true, true, nil], nil), ([], nil),
    ] as [([Bool?], Bool?)])
  func placementIsVerifiedOnlyByAll(verdicts: [Bool?], whole: Bool?) {
    let reports = verdicts.map { verdict in
      var report = WorkerReport()
      report.placementVerified = verdict
      return report
    }
    #expect(record(reports).placement?.verified == whole)
  }

  @Test func everySideIsKept() {
    var producer = WorkerReport()
    producer.note([3, 1], side: .producer)
    producer.segmentPagesByNode = ["0": 5]
    producer.noise = Noise(runDelay: 10, voluntarySwitches: 1)
    var customer = WorkerReport()
    customer.note([2], side: .customer)
    customer.noise = Noise(runDelay: 5, voluntarySwitches: 2)
    customer.latency = [[100, 7]]
    customer.slices = [.init(duration: .milliseconds(1), messages: 7, bytes: 56)]
    customer.error = "no luck"
    let record = record([producer, customer], steal: 99)
    #expect(record.placement?.producerCPUs == [1, 3])
    #expect(record.placement?.customerCPUs == [2])
    #expect(record.placement?.segmentPagesByNode == ["0": 5])
    #expect(record.noise.runDelay == 15)
    #expect(record.noise.voluntarySwitches == 3)
    #expect(record.noise.steal == 99)
    #expect(record.latency.map(\.count) == [7])
    #expect(record.slices.map(\.messages) == [7])
    #expect(record.errors == ["no luck"])
  }

  private func pair(_ nanoseconds: UInt64, _ count: UInt64) -> LatencyHistogram.Pair {
    .init(nanoseconds: nanoseconds, count: count)
  }

  /// One receiver leads; what others got and what the sender measured is added by number.
  @Test func partsOfASliceComeTogether() {
    var sender = WorkerReport()
    sender.senderKind = .lag
    sender.senderSlices = [
      .init(number: 1, pairs: PairCoding.encode([pair(30, 2)])),
      .init(number: 3, pairs: PairCoding.encode([pair(30, 1), pair(40, 1)])),
      .init(number: 9, pairs: PairCoding.encode([pair(50, 1)])),
    ]
    var leader = WorkerReport()
    leader.slices = (0..<2).map { index in
      .init(
        duration: .milliseconds(10), messages: 10, bytes: 80,
        latencies: SliceLatencies(response: [pair(100 + UInt64(index), 10)]))
    }
    leader.sliceNumbers = [1, 3]
    leader.response = [[200, 4]]
    var other = WorkerReport()
    other.shares = [
      .init(
        number: 3, messages: 5, bytes: 40,
        latencies: SliceLatencies(response: [pair(101, 4), pair(300, 1)])),
      .init(number: 5, messages: 7, bytes: 56),
    ]
    let record = record([sender, leader, other])
    #expect(record.slices.map(\.messages) == [10, 15])
    #expect(record.slices.map(\.bytes) == [80, 120])
    #expect(record.slices[1].latencies?.response == [pair(101, 14), pair(300, 1)])
    #expect(record.slices[0].latencies?.lag == [pair(30, 2)])
    #expect(record.response == [pair(100, 10), pair(101, 14), pair(200, 4), pair(300, 1)])
    #expect(record.lag == [pair(30, 3), pair(40, 1)], "what belongs to no slice counts nowhere")
  }

  @Test func slicesAreHeldBackForTheirNoise() {
    var leader = WorkerReport()
    leader.slices = [Noise(runDelay: 31_000_000), Noise(runDelay: 1000), Noise()].map { noise in
      .init(duration: .milliseconds(100), messages: 1, bytes: 1, noise: noise)
    }
    func causes(_ hasOwnCores: Bool?) -> [String?] {
      var outcome = LaunchOutcome(reports: [leader])
      outcome.conditions = hasOwnCores.map {
        LaunchConditions(
          seed: 1, environmentPad: 0, heapOffset: 0, hasOwnCores: $0, settling: .milliseconds(2),
          cooldown: .milliseconds(1))
      }
      return LaunchRecord(cell: cell, launch: 0, outcome: outcome).slices.map(\.quarantine)
    }
    #expect(causes(true) == ["run delay 31.0 ms", nil, nil])
    #expect(causes(false) == [nil, nil, nil], "who shares a core waits for it")
    #expect(causes(nil) == [nil, nil, nil])
  }

  /// A process whose threads have gone does not know what they waited: the slices do.
  @Test func slicesKnowWhatAWorkerForgot() {
    var worker = WorkerReport()
    worker.slices = [10, 20].map { delay in
      .init(
        duration: .milliseconds(100), messages: 1, bytes: 1,
        noise: Noise(runDelay: delay, migrations: 0))
    }
    #expect(record([worker]).noise.runDelay == 30)
    #expect(record([worker]).noise.migrations == 0)
    worker.noise.runDelay = 7
    #expect(record([worker]).noise.runDelay == 7)
    worker.slices[1].noise = nil
    #expect(record([worker]).noise.migrations == nil)
  }
}
