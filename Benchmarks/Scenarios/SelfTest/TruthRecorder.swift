// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory

/// Writes down what a synthetic store did, by its own readings of the clock.
struct TruthRecorder {
  private let shared: SyntheticSegment
  private let clock: MeasurementClock
  private var count = 0
  private var unrecorded: UInt64 = 0
  var holdUps = HoldUps()

  init(_ shared: SyntheticSegment, _ clock: MeasurementClock) {
    self.shared = shared
    self.clock = clock
    let (ticks, time) = Self.readBoth(clock)
    shared.word(.beginTicks).storeRelaxed(ticks)
    shared.word(.beginTime).storeRelaxed(time)
  }

  mutating func note(sequence: UInt64, begin: UInt64, end: UInt64, scripted: UInt64) {
    guard count < shared.operationLimit else {
      unrecorded &+= 1
      return
    }
    shared.operation(count, 0).storeRelaxed(sequence)
    shared.operation(count, 1).storeRelaxed(begin)
    shared.operation(count, 2).storeRelaxed(end)
    shared.operation(count, 3).storeRelaxed(scripted)
    count += 1
  }

  /// Leaves the record for the harness.
  func close() {
    let (ticks, time) = Self.readBoth(clock)
    shared.word(.endTicks).storeRelaxed(ticks)
    shared.word(.endTime).storeRelaxed(time)
    shared.word(.holdUp).storeRelaxed(holdUps.longest)
    shared.word(.unrecorded).storeRelaxed(unrecorded)
    // Release: pairs with the acquire in SyntheticSegment.truth.
    shared.word(.recorded).storeRelease(UInt64(count))
  }

  /// Both clocks at one moment: of several pairs the one whose readings were closest.
  private static func readBoth(_ clock: MeasurementClock) -> (ticks: UInt64, time: UInt64) {
    var best = (ticks: UInt64(0), time: UInt64(0))
    var width = UInt64.max
    for _ in 0..<16 {
      let before = clock.ticks()
      let time = UInt64(MonotonicTime.nanoseconds())
      let after = clock.ticks()
      guard after &- before < width else { continue }
      width = after &- before
      best = (before &+ width / 2, time)
    }
    return best
  }
}

/// How long a loop that does nothing but read the clock was kept from it: time that the kernel or the
/// host took. In ticks.
struct HoldUps {
  private(set) var longest: UInt64 = 0

  /// Reads the clock until it is `due`.
  /// - Returns: the last reading.
  @inline(__always)
  mutating func wait(from begin: UInt64, until due: UInt64, _ clock: MeasurementClock) -> UInt64 {
    var last = begin
    while last < due {
      let now = clock.ticks()
      longest = max(longest, now &- last)
      last = now
    }
    return last
  }

  /// Notes two readings with nothing between them.
  @inline(__always)
  mutating func note(_ earlier: UInt64, _ later: UInt64) {
    longest = max(longest, later &- earlier)
  }
}
