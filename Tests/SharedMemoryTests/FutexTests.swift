// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct FutexTests {
  @Test func aChangedWordIsNotWaitedFor() throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 64, label: "futex")
      defer { withExtendedLifetime(segment) {} }
      let word = segment.uint32(at: 0)
      word.storeRelaxed(1)
      #expect(word.wait(while: 0) == .recheck)
    }
  }

  @Test(arguments: [0, 1, 1_000_000, 30_000_000] as [Int64])
  func aTimeoutIsNoShorterThanAsked(nanoseconds: Int64) throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 64, label: "futex")
      defer { withExtendedLifetime(segment) {} }
      let before = MonotonicTime.nanoseconds()
      #expect(segment.uint32(at: 0).wait(while: 0, timeoutNanoseconds: nanoseconds) == .timedOut)
      #expect(MonotonicTime.nanoseconds() - before >= nanoseconds)
    }
  }

  @Test func allSleepersWake() throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 64, label: "futex")
      defer { withExtendedLifetime(segment) {} }
      let (word, asleep) = (segment.uint32(at: 0), segment.uint32(at: 4))
      let sleep: @Sendable () -> Void = {
        asleep.add(1)
        while word.loadAcquire() == 0 { _ = word.wait(while: 0) }
      }
      let first = try NativeThread(sleep)
      let second = try NativeThread(sleep)
      while asleep.loadAcquire() < 2 {}
      word.storeRelease(1)
      word.wakeAll()
      first.join()
      second.join()
      #expect(word.loadAcquire() == 1)
    }
  }
}
