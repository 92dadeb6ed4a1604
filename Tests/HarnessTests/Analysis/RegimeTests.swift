// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct RegimeTests {
  private func link(_ before: Double, _ after: Double, cpus: [Int] = [0, 1]) -> LinkFingerprint {
    LinkFingerprint(cpus: cpus, before: before, after: after)
  }

  @Test func launchesAreToldApartByWhereTheRunMostlyWas() {
    let links = [
      link(60, 65), link(62, 61), link(60, 60), link(61, 63), link(240, 245), link(64, 250),
      link(230, 66), link(40, 40), link(40, 62), link(40, 240),
    ]
    let regimes = Regimes(links: links)
    #expect(
      links.map { regimes.regime(of: $0) } == [
        .close, .close, .close, .close, .far, .mixed, .mixed, .nearer, .mixed, .mixed,
      ])
    #expect(regimes.regime(of: nil) == nil, "nobody looked")
    #expect(regimes.regime(of: link(60, 60, cpus: [0, 2])) == nil, "another pair")
    #expect(regimes.isElsewhere(200, cpus: [0, 1]))
    #expect(regimes.isElsewhere(40, cpus: [0, 1]))
    #expect(!regimes.isElsewhere(70, cpus: [0, 1]))
    #expect(!regimes.isElsewhere(1e9, cpus: [5, 6]), "nothing is known of that pair")
  }

  @Test func eachPairHasItsOwnMeasure() {
    let near = (0..<10).map { _ in link(60, 60) }
    let across = (0..<10).map { _ in link(240, 240, cpus: [0, 8]) }
    let regimes = Regimes(links: near + across)
    #expect(regimes.regime(of: link(240, 240, cpus: [0, 8])) == .close)
    #expect(regimes.regime(of: link(240, 240)) == .far)
  }

  @Test func oneLuckyReadingSetsNoStandard() {
    let links = [link(20, 60)] + (0..<20).map { _ in link(60, 62) }
    let regimes = Regimes(links: links)
    #expect(links.dropFirst().allSatisfy { regimes.regime(of: $0) == .close })
    #expect(regimes.regime(of: links[0]) == .mixed)
  }

  @Test func whatIsMeasuredFarIsKeptButNotCompared() throws {
    let plan = try Plan(job(SampleRun.small), catalog: .sample)
    let cell = try #require(plan.cells.first { $0.skip == nil && $0.workload == "stream" })
    let records = (0..<8).map { launch in
      var record = LaunchRecord(
        cellID: cell.id, launch: launch,
        slices: [.init(duration: .milliseconds(10), messages: launch < 6 ? 1000 : 100, bytes: 0)])
      record.integrity.sent = record.slices[0].messages
      record.integrity.received = record.slices[0].messages
      record.link = launch < 6 ? link(60, 60) : link(60, 250)
      return record
    }
    let summary = CellSummary(
      cell, records: records, roofline: Roofline(), regimes: Regimes(samples: records))
    #expect(summary.metrics.messagesPerSecond?.value == 100_000)
    #expect(summary.metrics.messagesPerSecond?.low != nil, "six launches have an interval")
    #expect(summary.metrics.messagesPerSecondWithQuarantined?.value == 100_000)
    #expect(summary.metrics.messagesPerSecondWithQuarantined?.low == 10_000)
    #expect(summary.launches == 6)
    #expect(summary.regimes == [.close: 6, .nearer: 0, .far: 0, .mixed: 2])
    #expect(summary.warnings.contains { $0.contains("2 mixed launch(es) left out") })
    #expect(summary.integrity.received == 6200, "nothing is left out of what was verified")
  }

  @Test func aCellThatNeverRanCloseSaysSo() throws {
    let plan = try Plan(job(SampleRun.small), catalog: .sample)
    let cell = try #require(plan.cells.first { $0.skip == nil })
    var record = LaunchRecord(
      cellID: cell.id, launch: 0,
      slices: [.init(duration: .milliseconds(10), messages: 10, bytes: 10)])
    record.link = link(250, 250)
    let regimes = Regimes(links: [link(60, 60), link(60, 60), link(250, 250)])
    let summary = CellSummary(cell, records: [record], roofline: Roofline(), regimes: regimes)
    #expect(summary.launches == 1)
    #expect(summary.warnings.contains { $0.contains("no launch ran with its CPUs where") })
  }

  @Test func fingerprintsSurviveTheFile() throws {
    var record = LaunchRecord(cellID: "c", launch: 3)
    record.link = link(61.5, 240)
    let data = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(LaunchRecord.self, from: data) == record)
  }

  /// By the usual reading of launches and slices together.
  @Test func slicesAreToldApartByTheirOwnReadings() {
    func slice(_ before: Double, _ after: Double) -> LaunchRecord.Slice {
      .init(
        duration: .milliseconds(10), messages: 1, bytes: 1,
        link: SliceLink(before: before, after: after))
    }
    var launch = LaunchRecord(
      cellID: "c", launch: 0,
      slices: [slice(60, 62), slice(62, 240), slice(240, 250), slice(62, 61), slice(40, 40)])
    launch.link = link(250, 60)
    launch.slices.append(.init(duration: .milliseconds(10), messages: 1, bytes: 1))
    let regimes = Regimes(samples: [launch])
    #expect(
      launch.slices.map { regimes.regime(of: $0, in: launch) } == [
        .close, .mixed, .far, .close, .nearer, nil,
      ])
    #expect(regimes.regime(of: launch.link) == .mixed)
    #expect(
      launch.slices.map { regimes.isComparable($0, in: launch) } == [
        true, false, false, true, false, false,
      ], "whose ends did not meet goes with its launch")
    #expect(regimes.isComparable(launch), "two of its slices do")
    #expect(regimes.countSlices([launch]) == [.close: 2, .nearer: 1, .far: 1, .mixed: 1])
    #expect(regimes.countSlices([LaunchRecord(cellID: "c", launch: 0)]) == nil)
    var elsewhere = launch
    elsewhere.link = nil
    #expect(regimes.regime(of: launch.slices[0], in: elsewhere) == nil, "of no pair")
  }
}
