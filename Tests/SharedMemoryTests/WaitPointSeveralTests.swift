// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing
import TransportPeer

@testable import SharedMemory

private let strategies = [WaitStrategy.spin, .spinThenPark(spins: 50), .standard, .park]

/// Waiting at several points at once, with the kernel's help and without.
@Suite(.timeLimit(.minutes(10))) struct WaitPointSeveralTests {
  private static let places = 5

  private struct Points: Sendable {
    let segment: Segment
    let points: [WaitPoint]
    let words: [SharedUInt64]

    init(_ count: Int = WaitPointSeveralTests.places) throws {
      let segment = try Segment.create(byteCount: count * 256, label: "wait")
      points = (0..<count).map { WaitPoint(segment: segment, offset: $0 * 256) }
      words = (0..<count).map { segment.uint64(at: $0 * 256 + 128) }
      self.segment = segment
      for point in points { point.expectParking() }
    }
  }

  private func wait(
    _ points: Points, _ strategy: WaitStrategy, _ timeout: Timeout, vector: Bool,
    alive: () -> Bool = { true }, until ready: () -> Bool
  ) -> Bool {
    WaitPoint.wait(
      atAll: points.points, strategy, timeout: timeout,
      kernelWaitsOnSeveral: vector && WaitPoint.kernelWaitsOnSeveral, alive: alive, until: ready)
  }

  @Test(arguments: strategies, [true, false])
  func aTimeoutIsNoShorterThanAsked(strategy: WaitStrategy, vector: Bool) throws {
    try withWatchdog {
      let points = try Points()
      for nanoseconds in [0, 1, 2_000_000, 120_000_000] as [Int64] {
        let before = MonotonicTime.nanoseconds()
        let timeout = Timeout.after(nanoseconds: nanoseconds)
        #expect(!wait(points, strategy, timeout, vector: vector) { false })
        #expect(MonotonicTime.nanoseconds() - before >= nanoseconds)
      }
      #expect(!wait(points, strategy, .now, vector: vector) { false })
      #expect(wait(points, strategy, .now, vector: vector) { true })
    }
  }

  @Test(arguments: strategies, [true, false])
  func aDeadPeerEndsTheWait(strategy: WaitStrategy, vector: Bool) throws {
    try withWatchdog {
      let points = try Points()
      var asked = 0
      let found = wait(
        points, strategy, .never, vector: vector,
        alive: {
          asked += 1
          return asked < 3
        }, until: { false })
      #expect(!found && asked == 3)
    }
  }

  /// Every point wakes, also the last, and also a point that is there twice.
  @Test(arguments: [true, false])
  func everyPointWakes(vector: Bool) throws {
    try withWatchdog {
      for place in 0..<Self.places {
        let points = try Points()
        let asleep = points.segment.uint32(at: place * 256 + 4)
        let ringer = try Worker {
          while asleep.loadAcquire() == 0 {}
          points.words[place].storeRelease(1)
          points.points[place].notify()
        }
        let found = WaitPoint.wait(
          atAll: points.points + points.points, .park, timeout: .never,
          kernelWaitsOnSeveral: vector && WaitPoint.kernelWaitsOnSeveral, alive: { true }
        ) {
          points.words[place].loadAcquire() == 1
        }
        #expect(found)
        try ringer.join()
      }
    }
  }

  /// What one waiter leaves raised may be another one's flag: it is not lowered on the way out.
  @Test func theFlagsOfOthersStayUp() throws {
    let points = try Points()
    defer { withExtendedLifetime(points) {} }
    for place in 0..<Self.places { points.segment.uint32(at: place * 256 + 4).storeRelaxed(1) }
    #expect(!wait(points, .park, .after(nanoseconds: 1_000_000), vector: true) { false })
    for place in 0..<Self.places {
      #expect(points.segment.uint32(at: place * 256 + 4).loadRelaxed() == 1)
    }
  }

  /// One waiter and a notifier on another thread that takes turns among the points: hundreds of
  /// thousands of wake-ups. A lost one is not a hang, because sleepers look around after 50 ms; it is
  /// counted by asking `alive`, which only a sleep that nobody ended does.
  @Test(
    arguments: [(WaitStrategy.park, 60_000), (.spinThenPark(spins: 50), 150_000)]
      as [(WaitStrategy, UInt64)])
  func noWakeUpIsLost(strategy: WaitStrategy, rounds: UInt64) throws {
    try withWatchdog(seconds: 300) {
      let points = try Points()
      let back = try Points(1)
      let notifier = try Worker {
        for round in 1...rounds {
          let place = Int(round &* 7919) % Self.places
          points.words[place].storeRelease(round)
          points.points[place].notify()
          _ = back.points[0].wait(strategy, timeout: .never) {
            back.words[0].loadAcquire() >= round
          }
        }
      }
      var overslept = 0
      for round in 1...rounds {
        let place = Int(round &* 7919) % Self.places
        let isDone = { points.words[place].loadAcquire() >= round }
        let found = wait(
          points, strategy, .never, vector: true,
          alive: {
            if isDone() { overslept += 1 }
            return true
          }, until: isDone)
        #expect(found)
        back.words[0].storeRelease(round)
        back.points[0].notify()
      }
      try notifier.join()
      // A wake-up in flight when the 50 ms end is no loss, but there cannot be many.
      #expect(overslept <= 3)
    }
  }

  /// Without the kernel's help the other points are noticed late, but they are.
  @Test func withoutTheKernelEveryPointIsStillNoticed() throws {
    try withWatchdog(seconds: 120) {
      let points = try Points()
      let notifier = try Worker {
        for round in 1...200 as ClosedRange<UInt64> {
          let place = Int(round) % Self.places
          points.words[place].storeRelease(round)
          points.points[place].notify()
          _ = points.points[0].wait(.park, timeout: .after(nanoseconds: 500_000)) { false }
        }
      }
      for round in 1...200 as ClosedRange<UInt64> {
        let place = Int(round) % Self.places
        #expect(
          wait(points, .park, .never, vector: false) {
            points.words[place].loadAcquire() >= round
          })
      }
      try notifier.join()
    }
  }
}
