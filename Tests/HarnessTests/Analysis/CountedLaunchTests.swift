// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct CountedLaunchTests {
  private let cell: Cell

  init() throws {
    cell = try Plan(job(minimal(), ["launches=6", "size=4KiB"]), catalog: .sample).cells[0]
  }

  private static func pair(_ nanoseconds: UInt64, _ count: UInt64) -> LatencyHistogram.Pair {
    .init(nanoseconds: nanoseconds, count: count)
  }

  /// Three close slices, a far one and one that is held back, with latencies of their own.
  private func record(_ launch: Int, close: Bool = true) -> LaunchRecord {
    let usual: Double = close ? 60 : 250
    let kinds: [(Double, String?)] = [
      (usual, nil), (usual, nil), (250, nil), (usual, "run delay 31 ms"), (usual, nil),
    ]
    let slices = kinds.map { reading, cause in
      let isPlain = reading == usual && cause == nil
      return LaunchRecord.Slice(
        duration: .milliseconds(10), messages: isPlain ? 1000 : 100, bytes: 0,
        link: SliceLink(before: reading, after: reading), quarantine: cause,
        latencies: SliceLatencies(latency: [Self.pair(isPlain ? 100 : 900, isPlain ? 1000 : 100)]))
    }
    var record = LaunchRecord(
      cellID: cell.id, launch: launch, slices: slices,
      latency: [Self.pair(100, 3000), Self.pair(900, 200)])
    record.link = LinkFingerprint(cpus: [0, 1], before: usual, after: usual)
    record.integrity.sent = slices.reduce(0) { $0 + $1.messages }
    record.integrity.received = record.integrity.sent
    return record
  }

  @Test func onlyCloseSlicesThatNobodyDisturbedCount() throws {
    let records = (0..<6).map { record($0) }
    let summary = CellSummary(
      cell, records: records, roofline: Roofline(), regimes: Regimes(samples: records))
    #expect(summary.metrics.messagesPerSecond?.value == 100_000)
    #expect(summary.metrics.messagesPerSecondWithQuarantined?.value == 64_000)
    #expect(summary.metrics.latency?.n == 18_000)
    #expect(summary.metrics.latency?.maximum == 100, "the slow ones went with their slices")
    #expect(summary.sliceRegimes == [.close: 24, .nearer: 0, .far: 6, .mixed: 0])
    #expect(summary.quarantineCauses == "6 run delay")
    #expect(summary.warnings.contains { $0.contains("6 far slice(s) left out") })
    #expect(summary.warnings.contains { $0.contains("6 of 30 slices quarantined (6 run delay)") })
  }

  /// What is stored is less, and says the same.
  @Test func storedRunsComeToTheSame() throws {
    let records = (0..<6).map { record($0, close: $0 < 5) }
    let regimes = Regimes(samples: records)
    let cell = RunCell(cell, samples: records, roofline: Roofline(), regimes: regimes)
    #expect(cell.summary.launches == 5, "one ran far throughout")
    for sample in cell.samples where sample.launch < 5 {
      #expect(sample.slices.map { $0.latencies != nil } == [false, false, true, true, false])
    }
    let data = try JSONEncoder().encode(cell)
    let decoded = try JSONDecoder().decode(RunCell.self, from: data)
    #expect(decoded == cell)
    let again = RunCell(
      decoded.cell, samples: decoded.samples, roofline: Roofline(),
      regimes: Regimes(samples: decoded.samples))
    #expect(again == cell)
  }

  /// A launch does not vanish: without a better slice it counts with those it has.
  @Test func whatIsAllThereIsCounts() throws {
    var busy = record(0)
    for index in busy.slices.indices { busy.slices[index].quarantine = "steal 10 ms" }
    let counted = CountedLaunch(busy) { _ in true }
    #expect(counted.counted.count == 5 && counted.leftOut.isEmpty)
    #expect(counted.sliceRates.isEmpty)
    let far = record(0, close: false)
    let regimes = Regimes(
      links: (0..<9).map { _ in
        LinkFingerprint(cpus: [0, 1], before: 60, after: 60)
      })
    #expect(!regimes.isComparable(far))
    let all = regimes.counted([far])
    #expect(all.first?.counted.count == 4, "all but the one that is held back")
  }

  @Test func differencesAreExact() {
    let whole = [Self.pair(1, 5), Self.pair(2, 5), Self.pair(3, 1)]
    #expect(
      LatencyHistogram.Pair.difference(whole, [Self.pair(2, 3), Self.pair(3, 1), Self.pair(2, 1)])
        == [Self.pair(1, 5), Self.pair(2, 1)])
    #expect(LatencyHistogram.Pair.difference(whole, []) == whole)
    #expect(
      LatencyHistogram.Pair.difference(whole, [Self.pair(1, 9), Self.pair(7, 7)])
        == [Self.pair(2, 5), Self.pair(3, 1)], "a damaged file takes no more than there is")
  }
}
