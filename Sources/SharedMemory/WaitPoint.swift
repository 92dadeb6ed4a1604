// SPDX-License-Identifier: Apache-2.0
//
// A place to wait for a condition that another process makes true, without a lock and without
// losing a wake-up. The condition lives in other words (a slot's sequence, a cursor); this is only
// the bell.
//
//   waiter                               notifier
//   e = event                            make the condition true
//   parked = 1                           -- full fence --
//   -- full fence --                     parked == 0? -> done
//   condition? -> done                   parked = 0; event += 1; futex_wake(event)
//   futex_wait(event, e)
//
// Of the two fences one comes first. If the waiter's does, the notifier sees parked = 1 and rings;
// the event then differs from e, or the waiter already sleeps and is woken. If the notifier's does,
// the waiter sees the condition. (Dekker's argument; eventcounts as in D. Vyukov's and Facebook's
// folly::EventCount.) The event is read before `parked` is raised: a late ring for an earlier
// condition may lower `parked` at any moment, and must then be seen to have moved the event, or the
// waiter would sleep unannounced.
//
// The notifier's fence costs as much as a small message, so it is skipped while nobody attached
// `mayPark`: that word is raised by the notifier's own thread before the waiter exists.
public import CLinux

@frozen @safe
public struct WaitPoint: Sendable {
  @usableFromInline let event: SharedUInt32
  @usableFromInline let parked: SharedUInt32
  @usableFromInline let parkable: SharedUInt32

  /// Bytes a wait point takes in a segment.
  public static let byteCount = 12
  /// A sleeper looks around this often, so that a peer that died without ringing is noticed …
  package static let longestSleepNanoseconds: Int64 = 50_000_000
  /// … and this often once the ends of its peers ring: see ProcessWatch.swift.
  package static let longestWatchedSleepNanoseconds: Int64 = 5_000_000_000
  /// Wake-ups in vain after which a sleeper looks around too: others may keep the bell busy while
  /// the peer it waits for is dead.
  static let vainWakesPerLook: UInt32 = 16
  /// Polls between two offers of the core to others, when spinning without end.
  @usableFromInline static let spinsPerYield: UInt32 = 1 << 14
  /// Polls one after the other, without a pause: a pause may take longer than a hand-off between two
  /// busy cores, and longer waits should leave the line and a sibling thread alone.
  @usableFromInline static let tightSpins: UInt32 = 64
  /// Pauses of ``letGather()``.
  static let gatherPauses = 8
  /// Pauses of ``holdOff()``.
  static let holdOffPauses = 3
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
    if !isMutated(.lostWakeUp) { event.wakeAll() }
  }

  /// Waits until `ready` is true.
  ///
  /// - Parameters:
  ///   - patient: leaves the polled lines alone for a while between polls, so that the other end is
  ///     not slowed down by being watched and gets several steps done per look.
  ///   - alive: asked when the wait goes on for long; `false` ends it.
  ///   - peers: the processes whose ends alone change what `alive` says without ringing; nil when they
  ///     are not known, and `alive` is asked every 50 ms then.
  /// - Returns: whether `ready` was true; `false` means the time ran out or the peer is gone.
  @inlinable
  public func wait(
    _ strategy: WaitStrategy, timeout: Timeout, patient: Bool = false,
    alive: () -> Bool = { true }, peers: () -> [Int32]? = { nil },
    until ready: () -> Bool
  ) -> Bool {
    if ready() { return true }
    if timeout == .now, !isMutated(.nowWaits) { return false }
    var spins: UInt32 = 0
    var deadline: Int64? = nil
    while true {
      switch strategy {
      case .spin: break
      case .spinThenPark(let budget): if spins >= budget { fallthrough }
      case .park:
        return sleep(
          deadline: deadline ?? timeout.deadlineNanoseconds, alive, peers, until: ready)
      }
      if patient {
        relax(Self.patientPauses)
      } else if spins >= Self.tightSpins {
        relax(1)
      } else {
        weir_between_looks()
      }
      if ready() { return true }
      // A budget counts pauses: a patient wait lasts no longer than another.
      spins &+= patient ? UInt32(Self.patientPauses) : 1
      if spins % Self.spinsPerYield == 0 {
        // The clock is read off the fast path: only a wait that already took long needs it.
        let limit = deadline ?? timeout.deadlineNanoseconds
        deadline = limit
        if MonotonicTime.nanoseconds() >= limit || !alive() { return ready() }
        giveWay()
      }
    }
  }

  @usableFromInline
  func sleep(
    deadline: Int64, _ alive: () -> Bool, _ peers: () -> [Int32]?, until ready: () -> Bool
  ) -> Bool {
    var looks = SleeperLooks()
    while true {
      // Acquire: pairs with the increment in ring(); `parked` is raised after what that lowered.
      let seen = event.loadAcquire()
      parked.storeRelaxed(1)
      weir_full_fence()  // pairs with the fence in notifyParked()
      if ready() { return true }
      if looks.peerHasEnded() {
        if !alive() { return ready() }
        continue
      }
      let longest = looks.longestSleepNanoseconds
      var sleep = longest
      if deadline != .max {
        let now = MonotonicTime.nanoseconds()
        if now >= deadline { return false }
        sleep = min(sleep, deadline - now)
      }
      if looks.isDue(after: event.wait(while: seen, timeoutNanoseconds: sleep)) {
        if !alive() { return ready() }
        // A wait for a shorter time than that is over now.
        if sleep == longest { looks.keepVigil(over: peers, ringing: self) }
      }
    }
  }

  /// Leaves the polled lines alone while several small messages are written.
  public func letGather() { relax(Self.gatherPauses) }

  /// Leaves the polled lines alone for about as long as one takes to move between cores.
  public func holdOff() { relax(Self.holdOffPauses) }

  @usableFromInline
  func relax(_ pauses: Int) {
    for _ in 0..<pauses { weir_cpu_relax() }
  }

  @usableFromInline
  func giveWay() { _ = weir_yield() }
}
