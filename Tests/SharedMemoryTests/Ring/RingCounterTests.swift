// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing

@Suite struct RingCounterTests {
  @Test(
    arguments: [
      (0, 0, 0), (0, 1, 1), (1, 0, -1), (5, 12, 7), (.max, 0, 1), (.max - 2, 3, 6), (0, .max, -1),
      (1 << 32, (1 << 32) - 1, -1), (0, 1 << 62, 1 << 62),
    ] as [(UInt64, UInt64, Int64)])
  func distancesAreSigned(start: UInt64, end: UInt64, distance: Int64) {
    #expect(RingCounter.distance(from: start, to: end) == distance)
    #expect(RingCounter.isBefore(start, end) == (distance > 0))
    #expect(RingCounter.earlier(start, end) == (distance >= 0 ? start : end))
    #expect(RingCounter.later(start, end) == (distance >= 0 ? end : start))
  }
}
