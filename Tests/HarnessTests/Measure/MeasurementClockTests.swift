// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite struct MeasurementClockTests {
  private static let clocks = [
    MeasurementClock.calibrated(calibration: .milliseconds(20)),
    MeasurementClock(.monotonic, nanosecondsPerTick: 1),
  ]

  @Test(arguments: clocks) func neverGoesBack(clock: MeasurementClock) {
    var last = clock.ticks()
    var steps = 0
    for _ in 0..<50_000 {
      let now = clock.ticks()
      #expect(now >= last)
      if now > last { steps += 1 }
      last = now
    }
    #expect(steps > 0)
  }

  /// A comparison of two clocks over one span, not of a span with a constant.
  @Test(arguments: clocks) func agreesWithTheKernelsClock(clock: MeasurementClock) {
    let outerBegin = MonotonicTime.nanoseconds()
    let begin = clock.ticks()
    let innerBegin = MonotonicTime.nanoseconds()
    usleep(30_000)
    let innerEnd = MonotonicTime.nanoseconds()
    let end = clock.ticks()
    let outerEnd = MonotonicTime.nanoseconds()
    let measured = Double(clock.nanoseconds(end - begin))
    // A thousandth: a hundred times the error that so short a calibration may have.
    #expect(measured >= Double(innerEnd - innerBegin) * 0.999)
    #expect(measured <= Double(outerEnd - outerBegin) * 1.001)
  }

  @Test(arguments: clocks) func readingCostsSomethingAndIsKnown(clock: MeasurementClock) {
    #expect(clock.readCostNanoseconds() > 0)
    #expect(clock.readCostNanoseconds().isFinite)
    #expect(clock.nanosecondsPerTick > 0)
  }

  @Test(arguments: clocks) func travelsToWorkersAsItIs(clock: MeasurementClock) throws {
    let back = try JSONDecoder().decode(
      MeasurementClock.self, from: try JSONEncoder().encode(clock))
    #expect(back == clock)
    // The copy reads the same counter: its time lies between two of the original's.
    let before = clock.ticks()
    let between = back.ticks()
    #expect(before <= between && between <= clock.ticks())
  }

  @Test func ticksAreRoundedToTheNearestNanosecond() {
    let clock = MeasurementClock(.timestampCounter, nanosecondsPerTick: 0.4)
    #expect(clock.nanoseconds(0) == 0)
    #expect(clock.nanoseconds(1) == 0)
    #expect(clock.nanoseconds(2) == 1)
    #expect(clock.nanoseconds(10_000_000_000) == 4_000_000_000)
  }
}
