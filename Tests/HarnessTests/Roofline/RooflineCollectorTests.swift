// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct RooflineCollectorTests {
  private func report(_ limits: [WorkerReport.MeasuredLimit]) -> WorkerReport {
    var report = WorkerReport()
    report.limits = limits
    return report
  }

  @Test func nothingMeasuredIsNothingKnown() {
    let collector = RooflineCollector()
    #expect(collector.clockReadCost == nil)
    #expect(collector.roofline == Roofline())
  }

  @Test func launchesAreMediansAndHistogramsAreMerged() {
    var collector = RooflineCollector()
    for launch in 0..<6 {
      let nanoseconds = UInt64(100 + launch)
      collector.add([
        report([
          .init(name: "cacheline_pingpong", latency: [[nanoseconds, 1000]]),
          .init(name: "futex_pingpong", latency: [[nanoseconds * 100, 10]]),
          .init(name: "memcpy", byteCount: 64, bytesPerSecond: Double(launch + 1) * 1e9),
          .init(name: "clock_read_ns", bytesPerSecond: Double(10 + launch)),
        ]), report([]),
      ])
    }
    let roofline = collector.roofline
    #expect(roofline.cachelinePingPong?.kind == .halfRoundTrip)
    #expect(roofline.cachelinePingPong?.n == 6000)
    #expect(roofline.futexPingPong?.n == 60)
    #expect(roofline.pipePingPong == nil)
    #expect(roofline.memcpy.keys.sorted() == [64])
    #expect(collector.clockReadCost == 12.5)
  }

  @Test func damagedPairsAreLeftOut() {
    #expect(LatencyHistogram.Pair.list([[1, 2], [3], [], [4, 5, 6]]).count == 1)
  }

  /// Both sides as threads, over the real words and pipes.
  @Test(arguments: BarePingPong.Kind.allCases)
  func theBareExchangesEnd(kind: BarePingPong.Kind) throws {
    let segment = try Segment.create(byteCount: BarePingPong.byteCount, label: "test")
    let pipes = try BarePipes()
    let clock = MeasurementClock(.monotonic, nanosecondsPerTick: 1)
    let (read, write) = (pipes.askRead, pipes.answerWrite)
    let answerer = try NativeThread {
      let side = BarePingPong(segment: segment, read: read, write: write, clock: clock)
      // Twice: an exchange leaves the words as it found them.
      for _ in 0..<2 { side.answer(kind) }
    }
    let side = BarePingPong(
      segment: segment, read: pipes.answerRead, write: pipes.askWrite, clock: clock)
    for _ in 0..<2 {
      let pairs = side.ask(kind, for: .milliseconds(5))
      #expect(pairs.reduce(0) { $0 + $1[1] } > 0)
    }
    answerer.join()
  }

  @Test func copiesHaveRatesForEverySize() {
    let sizes = [1, 64, 4096, 1 << 20]
    let rates = CopyRoof(sizes: sizes).measure(
      clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), for: .milliseconds(1))
    #expect(rates.map(\.0) == sizes)
    #expect(rates.allSatisfy { $0.1 > 0 && $0.1.isFinite })
    #expect(
      CopyRoof(sizes: []).measure(
        clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), for: .milliseconds(1)
      ).isEmpty)
  }
}
