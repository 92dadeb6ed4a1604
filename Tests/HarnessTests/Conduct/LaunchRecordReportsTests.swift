// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct LaunchRecordReportsTests {
  private let cell = RooflineScenario.cell(sizes: [])

  private func record(_ reports: [WorkerReport], steal: Int? = nil) -> LaunchRecord {
    LaunchRecord(
      cell: cell, launch: 4, outcome: LaunchOutcome(reports: reports, stealNanoseconds: steal))
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
}
