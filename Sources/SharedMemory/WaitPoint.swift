// SPDX-License-Identifier: Apache-2.0
//
// A place to wait for a condition that another process makes true, without a lock and without
// losing a wake-up. The condition lives in other words (a slot's sequence, a cursor); this is only
// the bell.
//
//   waiter                               notifier
//   parked = 1                           make the condition true
//   -- full fence --                     -- full fence --
//   e = event; condition? -> done        parked == 0? -> done
//   futex_wait(event, e)                 parked = 0; event += 1; futex_wake(event)
//
// Of the two fences one comes first. If the waiter's does, the notifier sees parked = 1 and rings;
// the event then differs from e, or the waiter already sleeps and is woken. If the notifier's does,
// the waiter sees the condition. (Dekker's argument; eventcounts as in D. Vyukov's and Facebook's
// folly::EventCount.)
//
// The notifier's fence costs as much as a small message, so it is skipped while nobody attached
// `mayPark`: that word is raised by the notifier's own thread before the waiter exists.
internal import CLinux

@frozen @safe
public struct WaitPoint: Sendable {
  @usableFromInline let event: SharedUInt32
  @usableFromInline let parked: SharedUInt32
  @usableFromInline let parkable: SharedUInt32

  /// Bytes a wait point takes in a segment.
  public static let byteCount = 12
  /// A sleeper looks around this often, so that a peer that died without ringing is noticed.
  @usableFromInline static let longestSleepNanoseconds: Int64 = 50_000_000
  /// Polls between two offers of the core to others, when spinning without end.
  @usableFromInline static let spinsPerYield: UInt32 = 1 << 14
  /// Polls without a pause: a pause may take longer than a hand-off between two busy cores, and
  /// longer waits should leave the line and a sibling thread alone.
  @usableFromInline static let tightSpins: UInt32 = 256
  /// Pauses between two polls of a patient wait: a few transfers of a line between cores.
  @usableFromInline static let patientPauses = 8

  public init(segment: Segment, offset: Int) {
    event = segment.uint32(at: offset)
    parked = segment.uint32(at: offset + 4)
    parkable = segment.uint32(at: offset + 8)
  }

  /// Announces a waiter that may sleep. Called by the notifying side before that waiter can wait.
  public func expectParking() { parkable.add(1) }

  /// Rings the bell if anybody sleeps. The condition must be true already.
  @inlinable @inline(__always)
  public func notify() {
    // Pairs with expectParking, called by this same thread: no ordering needed.
    if parkable.loadRelaxed() != 0 { notifyParked() }
  }

  @usableFromInline
  func notifyParked() {
    weir_full_fence()  // pairs with the fence in sleep(until:)
    if parked.loadRelaxed() != 0 { ring() }
  }

  /// Rings whether or not anybody is known to sleep: for ends of streams and other rare events.
  public func ring() {
    _ = parked.exchange(0)
    event.add(1)
    event.wakeAll()
  }

  /// Waits until `ready` is true.
  ///
  /// - Parameters:
  ///   - patient: leaves the polled lines alone for a while between polls, so that the other end is
  ///     not slowed down by being watched and gets several steps done per look.
  ///   - alive: asked when a sleep went on for long; `false` ends the wait.
  /// - Returns: whether `ready` was true; `false` means the time ran out or the peer is gone.
  @inlinable
  public func wait(
    _ strategy: WaitStrategy, timeout: Timeout, patient: Bool = false,
    alive: () -> Bool = { true },
    until ready: () -> Bool
  ) -> Bool {
    if ready() { return true }
    if timeout == .now { return false }
    var spins: UInt32 = 0
    var deadline: Int64? = nil
    while true {
      switch strategy {
      case .spin: break
      case .spinThenPark(let budget): if spins >= budget { fallthrough }
      case .park: return sleep(deadline: deadline ?? Self.deadline(timeout), alive, until: ready)
      }
      if patient {
        relax(Self.patientPauses)
      } else if spins >= Self.tightSpins {
        relax(1)
      }
      if ready() { return true }
      spins &+= 1
      if spins % Self.spinsPerYield == 0 {
        // The clock is read off the fast path: only a wait that already took long needs it.
        let limit = deadline ?? Self.deadline(timeout)
        deadline = limit
        if MonotonicTime.nanoseconds() >= limit || !alive() { return ready() }
        giveWay()
      }
    }
  }

  @usableFromInline
  static func deadline(_ timeout: Timeout) -> Int64 {
    switch timeout {
    case .now: return MonotonicTime.nanoseconds()
    case .never: return .max
    case .after(let nanoseconds):
      let sum = MonotonicTime.nanoseconds().addingReportingOverflow(nanoseconds)
      return sum.overflow ? .max : sum.partialValue
    }
  }

  @usableFromInline
  func sleep(deadline: Int64, _ alive: () -> Bool, until ready: () -> Bool) -> Bool {
    while true {
      parked.storeRelaxed(1)
      weir_full_fence()  // pairs with the fence in notifyParked()
      let seen = event.loadAcquire()
      if ready() { return true }
      let remaining = deadline == .max ? .max : deadline - MonotonicTime.nanoseconds()
      if remaining <= 0 { return false }
      let sleep = min(remaining, Self.longestSleepNanoseconds)
      if event.wait(while: seen, timeoutNanoseconds: sleep) == .timedOut, !alive() {
        return ready()
      }
    }
  }

  @usableFromInline
  func relax(_ pauses: Int) {
    for _ in 0..<pauses { weir_cpu_relax() }
  }

  @usableFromInline
  func giveWay() { _ = weir_yield() }
}
