// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(3))) struct RooflineCollectorTests {
  private func outcome(
    _ limits: [WorkerReport.MeasuredLimit], link: LinkFingerprint? = nil
  ) -> LaunchOutcome {
    var report = WorkerReport()
    report.limits = limits
    return LaunchOutcome(
      reports: [report, WorkerReport()], link: link)
  }

  @Test func nothingMeasuredIsNothingKnown() {
    let collector = RooflineCollector()
    #expect(collector.clockReadCost == nil)
    #expect(collector.roofline(.unknown) == Roofline())
  }

  @Test func launchesAreMediansAndHistogramsAreMerged() {
    var collector = RooflineCollector()
    for launch in 0..<6 {
      let nanoseconds = UInt64(100 + launch)
      collector.add(
        outcome([
          .init(name: .cachelinePingPong, latency: [[nanoseconds, 1000]]),
          .init(name: .futexPingPong, latency: [[nanoseconds * 100, 10]]),
          .init(name: .memcpy, byteCount: 64, value: Double(launch + 1) * 1e9),
          .init(name: .read, byteCount: 64, value: Double(launch + 1) * 2e9),
          .init(name: .write, byteCount: 64, value: Double(launch + 1) * 4e9),
          .init(name: .plainRing, byteCount: 64, value: Double(launch + 1) * 1e6),
          .init(name: .clockRead, value: Double(10 + launch)),
        ]))
    }
    let roofline = collector.roofline(.unknown)
    #expect(roofline.cachelinePingPong?.kind == .halfRoundTrip)
    #expect(roofline.cachelinePingPong?.n == 6000)
    #expect(roofline.futexPingPong?.n == 60)
    #expect(roofline.pipePingPong == nil)
    #expect(roofline.memcpy.keys.sorted() == [64])
    #expect(roofline.read[64]?.estimate.value == 7e9)
    #expect(roofline.write[64]?.estimate.value == 14e9)
    #expect(roofline.stream[64]?.estimate.value == 3.5e6)
    #expect(collector.clockReadCost == 12.5)
  }

  @Test func launchesOfOtherRegimesSetNoLimit() {
    var collector = RooflineCollector()
    let links = [300.0, 60, 65].map { LinkFingerprint(cpus: [0, 1], before: $0, after: $0) }
    for (rate, link) in zip([1e6, 5e6, 6e6], links) {
      collector.add(
        outcome([.init(name: .plainRing, byteCount: 64, value: rate)], link: link))
    }
    let regimes = Regimes(links: links)
    #expect(collector.roofline(regimes).stream[64]?.repeats == [5e6, 6e6])
  }

  /// Two threads over the real ring: every size arrives, and the ends meet.
  @Test(arguments: [1, 7, 8, 48, 64, 112, 113, 200, 4095, 65536, 1 << 20, 5 << 20])
  func thePlainRingMovesMessages(size: Int) throws {
    let segment = try Segment.create(
      byteCount: 4096 + PlainRing.byteCount(size: size), label: "test")
    let receiver = try NativeThread {
      PlainRing(size: size, segment: segment, offset: 4096).receive()
    }
    let rate = PlainRing(size: size, segment: segment, offset: 4096).send(
      clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), for: .milliseconds(2))
    receiver.join()
    #expect(rate > 0 && rate.isFinite)
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

  @Test(arguments: CopyRoof.Pass.allCases)
  func passesHaveRatesForEverySize(pass: CopyRoof.Pass) {
    let sizes = [1, 64, 4096, 1 << 20]
    let rates = CopyRoof(sizes: sizes).measure(
      pass, clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), for: .milliseconds(1))
    #expect(rates.map(\.0) == sizes)
    #expect(rates.allSatisfy { $0.1 > 0 && $0.1.isFinite })
    #expect(
      CopyRoof(sizes: []).measure(
        pass, clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), for: .milliseconds(1)
      ).isEmpty)
  }
}
