// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing
import TransportPeer

private let strategies = [WaitStrategy.spin, .spinThenPark(spins: 50), .standard, .park]

@Suite(.timeLimit(.minutes(10))) struct WaitPointTests {
  private struct Pair: Sendable {
    let segment: Segment
    let (there, back): (WaitPoint, WaitPoint)
    let (ping, pong): (SharedUInt64, SharedUInt64)

    init() throws {
      segment = try Segment.create(byteCount: 4096, label: "wait")
      there = WaitPoint(segment: segment, offset: 0)
      back = WaitPoint(segment: segment, offset: 128)
      ping = segment.uint64(at: 256)
      pong = segment.uint64(at: 384)
    }
  }

  @Test(arguments: strategies)
  func aTrueConditionIsNotWaitedFor(strategy: WaitStrategy) throws {
    let pair = try Pair()
    defer { withExtendedLifetime(pair) {} }
    for timeout in [Timeout.now, .never, .after(nanoseconds: 0), .after(nanoseconds: -5)] {
      #expect(pair.there.wait(strategy, timeout: timeout) { true })
    }
  }

  @Test(arguments: strategies, [0, 1, 2_000_000, 70_000_000] as [Int64])
  func aTimeoutIsNoShorterThanAsked(strategy: WaitStrategy, nanoseconds: Int64) throws {
    try withWatchdog {
      let pair = try Pair()
      defer { withExtendedLifetime(pair) {} }
      let before = MonotonicTime.nanoseconds()
      #expect(!pair.there.wait(strategy, timeout: .after(nanoseconds: nanoseconds)) { false })
      #expect(MonotonicTime.nanoseconds() - before >= nanoseconds)
      #expect(!pair.there.wait(strategy, timeout: .now) { false })
      #expect(!pair.there.wait(strategy, timeout: .after(nanoseconds: .min)) { false })
    }
  }

  @Test(arguments: strategies)
  func aDeadPeerEndsTheWait(strategy: WaitStrategy) throws {
    try withWatchdog {
      let pair = try Pair()
      defer { withExtendedLifetime(pair) {} }
      var asked = 0
      let found = pair.there.wait(
        strategy, timeout: .never,
        alive: {
          asked += 1
          return asked < 3
        }, until: { false })
      #expect(!found && asked == 3)
      // What the peer did just before it died still counts.
      var last = false
      #expect(
        pair.there.wait(
          strategy, timeout: .never,
          alive: {
            last = true
            return false
          }, until: { last }))
    }
  }

  /// A bell that others keep busy must not hide that the awaited peer is dead.
  @Test(arguments: [WaitStrategy.park, .spinThenPark(spins: 1)])
  func aDeadPeerIsNoticedWhileOthersRing(strategy: WaitStrategy) throws {
    try withWatchdog {
      let pair = try Pair()
      defer { withExtendedLifetime(pair) {} }
      pair.there.expectParking()
      let ringer = try Worker {
        while pair.ping.loadAcquire() == 0 {
          pair.there.ring()
          _ = pair.back.wait(.park, timeout: .after(nanoseconds: 1_000_000)) { false }
        }
      }
      #expect(!pair.there.wait(strategy, timeout: .never, alive: { false }, until: { false }))
      pair.ping.storeRelease(1)
      try ringer.join()
    }
  }

  /// Many rounds between two threads that both sleep. A lost wake-up is not a hang, because sleepers
  /// look around after 50 ms; it is counted by asking `alive`, which only a sleep that nobody
  /// ended does.
  @Test(arguments: strategies)
  func noWakeUpIsLost(strategy: WaitStrategy) throws {
    try withWatchdog(seconds: 200) {
      let pair = try Pair()
      defer { withExtendedLifetime(pair) {} }
      if strategy.mayPark {
        pair.there.expectParking()
        pair.back.expectParking()
      }
      let rounds: UInt64 = strategy == .spin ? 2_000 : 30_000
      let echo = try Worker {
        var overslept = 0
        for round in 1...rounds {
          _ = pair.there.wait(
            strategy, timeout: .never,
            alive: {
              if pair.ping.loadAcquire() >= round { overslept += 1 }
              return true
            }, until: { pair.ping.loadAcquire() >= round })
          pair.pong.storeRelease(round)
          pair.back.notify()
        }
        return overslept
      }
      var overslept = 0
      for round in 1...rounds {
        pair.ping.storeRelease(round)
        pair.there.notify()
        let found = pair.back.wait(
          strategy, timeout: .never,
          alive: {
            if pair.pong.loadAcquire() >= round { overslept += 1 }
            return true
          }, until: { pair.pong.loadAcquire() >= round })
        #expect(found)
      }
      // A wake-up in flight when the 50 ms end is no loss, but there cannot be many.
      #expect(overslept <= 2)
      let theirs = try echo.join()
      #expect(theirs <= 2)
    }
  }

  /// Rings for earlier conditions may still be under way when a waiter goes to sleep for the next
  /// one. They lower its flag at any moment of its way there, and must not leave it asleep unseen.
  @Test func noWakeUpIsLostToALateRing() throws {
    try withWatchdog(seconds: 200) {
      let pair = try Pair()
      defer { withExtendedLifetime(pair) {} }
      pair.there.expectParking()
      let rounds: UInt64 = 5_000
      let waiter = try Worker {
        for round in 1...rounds {
          _ = pair.there.wait(.park, timeout: .never) { pair.ping.loadAcquire() >= round }
          pair.pong.storeRelease(round)
        }
      }
      var overslept = 0
      for round in 1...rounds {
        for _ in 0..<(40 + round % 97) { pair.there.ring() }
        // Long enough for the waiter to fall asleep, most of the time.
        let rung = MonotonicTime.nanoseconds()
        while MonotonicTime.nanoseconds() - rung < 20_000 {}
        let before = MonotonicTime.nanoseconds()
        pair.ping.storeRelease(round)
        pair.there.notify()
        while pair.pong.loadAcquire() < round {}
        // A sleeper that nobody wakes looks around by itself after 50 ms.
        if MonotonicTime.nanoseconds() - before > 45_000_000 { overslept += 1 }
      }
      try waiter.join()
      // A busy machine takes the core away now and then; a lost wake-up is ten times as frequent.
      #expect(overslept <= 10)
    }
  }

  @Test func nobodyIsRungWhoMayNotPark() throws {
    let pair = try Pair()
    let event = pair.segment.uint32(at: 0)
    let parked = pair.segment.uint32(at: 4)
    parked.storeRelaxed(1)
    pair.there.notify()
    #expect(event.loadRelaxed() == 0)
    pair.there.expectParking()
    pair.there.notify()
    #expect(event.loadRelaxed() == 1 && parked.loadRelaxed() == 0)
    // Nobody parked: nothing to ring.
    pair.there.notify()
    #expect(event.loadRelaxed() == 1)
    pair.there.ring()
    #expect(event.loadRelaxed() == 2)
  }
}
