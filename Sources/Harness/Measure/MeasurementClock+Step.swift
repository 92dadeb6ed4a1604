// SPDX-License-Identifier: Apache-2.0

extension MeasurementClock {
  /// The smallest step between two readings, in nanoseconds: what a latency cannot be told finer than.
  ///
  /// Some counters advance by many ticks at once; every difference of readings is then a multiple of
  /// that step, which their greatest common divisor finds.
  func stepNanoseconds() -> Double? {
    var step: UInt64 = 0
    var last = ticks()
    for _ in 0..<Self.stepReadings {
      let now = ticks()
      step = Self.greatestCommonDivisor(step, now &- last)
      last = now
    }
    return step == 0 ? nil : Double(step) * nanosecondsPerTick
  }

  /// Differences enough that they share no divisor by chance.
  private static var stepReadings: Int { 4096 }

  static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
