// SPDX-License-Identifier: Apache-2.0
//
// The bare exchanges of two processes, with nothing around them that a transport could avoid: a
// counter on a line of its own in each direction, polled (cacheline) or slept on (futex), and eight
// bytes through a pipe. Each round is stamped like a cell's, so the clock's cost is in both.
internal import CLinux
internal import Glibc
internal import SharedMemory

struct BarePingPong: Sendable {
  enum Kind: CaseIterable {
    case cacheline, futex, pipe

    var limit: WorkerReport.LimitName {
      switch self {
      case .cacheline: .cachelinePingPong
      case .futex: .futexPingPong
      case .pipe: .pipePingPong
      }
    }

    /// Whether each side sleeps in the kernel until the other acts.
    var sleeps: Bool { self != .cacheline }

    /// Rounds before the clock counts, at most: where both ends share a CPU a polled one costs two
    /// time slices of the scheduler.
    var warmupRounds: Int { sleeps ? .max : 2000 }

    /// Time that counts, and at most as long before it. On a virtual machine the first sleepers after a
    /// busy spell are woken a third faster than all later ones (14.5 and 21 µs where this was found),
    /// and a cell is measured after a warm-up too.
    var duration: Nanoseconds { sleeps ? .milliseconds(40) : RooflineScenario.perLimit }
  }

  static let byteCount = 4096
  /// Ends an exchange; no count reaches it.
  private static let last = UInt32.max

  private let ask: SharedUInt32
  private let answer: SharedUInt32
  private let read: CInt
  private let write: CInt
  private let clock: MeasurementClock
  private let segment: Segment

  init(segment: Segment, read: CInt, write: CInt, clock: MeasurementClock) {
    self.segment = segment
    ask = segment.uint32(at: 0)
    answer = segment.uint32(at: 256)
    self.read = read
    self.write = write
    self.clock = clock
  }

  /// Asks for about `duration` after warming up; returns half round trips as (nanoseconds, count).
  func ask(_ kind: Kind, for duration: Nanoseconds) -> [[UInt64]] {
    var recorder = LatencyRecorder()
    let limit = UInt64(Double(duration.count) / clock.nanosecondsPerTick)
    var round: UInt32 = 0
    var begin = clock.ticks()
    while round < kind.warmupRounds, clock.ticks() &- begin < limit {
      round += 1
      exchange(kind, round)
    }
    begin = clock.ticks()
    var after = begin
    while after &- begin < limit {
      round += 1
      let before = clock.ticks()
      exchange(kind, round)
      after = clock.ticks()
      recorder.record(nanoseconds: (clock.nanoseconds(after &- before) + 1) / 2)
    }
    finish(kind)
    return recorder.pairs().map(\.reported)
  }

  @inline(__always)
  private func exchange(_ kind: Kind, _ round: UInt32) {
    switch kind {
    case .cacheline:
      ask.storeRelease(round)
      while answer.loadAcquire() != round { weir_between_looks() }
    case .futex:
      ask.storeRelease(round)
      ask.wakeAll()
      sleep(answer, until: round)
    case .pipe:
      send(round)
      _ = receive()
    }
  }

  /// Answers until the other side has had enough.
  func answer(_ kind: Kind) {
    var expected: UInt32 = 0
    while true {
      expected += 1
      var got: UInt32
      switch kind {
      case .cacheline:
        got = ask.loadAcquire()
        while got != expected && got != Self.last {
          weir_between_looks()
          got = ask.loadAcquire()
        }
        answer.storeRelease(got)
      case .futex:
        got = ask.loadAcquire()
        while got != expected && got != Self.last {
          _ = ask.wait(while: got)
          got = ask.loadAcquire()
        }
        answer.storeRelease(got)
        answer.wakeAll()
      case .pipe:
        got = receive()
        send(got)
      }
      if got == Self.last { break }
    }
    // Both words start the next exchange at zero; the asker waits for this one.
    if kind != .pipe {
      ask.storeRelaxed(0)
      answer.storeRelease(0)
      answer.wakeAll()
    }
  }

  /// Ends the exchange; the answering side returns.
  func finish(_ kind: Kind) {
    if kind == .pipe {
      send(Self.last)
      _ = receive()
      return
    }
    ask.storeRelease(Self.last)
    ask.wakeAll()
    var seen = answer.loadAcquire()
    while seen != 0 {
      _ = answer.wait(while: seen)
      seen = answer.loadAcquire()
    }
  }

  private func sleep(_ word: SharedUInt32, until value: UInt32) {
    var seen = word.loadAcquire()
    while seen != value {
      _ = word.wait(while: seen)
      seen = word.loadAcquire()
    }
  }

  private func send(_ value: UInt32) {
    var word = UInt64(value)
    _ = unsafe Glibc.write(write, &word, 8)
  }

  private func receive() -> UInt32 {
    var word: UInt64 = 0
    let count = unsafe Glibc.read(read, &word, 8)
    // A closed pipe is an end: the other worker is gone and the harness stops this one.
    return count == 8 ? UInt32(truncatingIfNeeded: word) : Self.last
  }
}
