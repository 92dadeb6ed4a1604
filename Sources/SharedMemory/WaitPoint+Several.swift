// SPDX-License-Identifier: Apache-2.0
//
// Waiting at several wait points at once, each with its own notifier.
//
//   waiter                                notifier of point i
//   e[i] = event[i], for each i           make the condition true
//   parked[i] = 1, for each i             -- full fence --
//   -- full fence --                      parked[i] == 0? -> done
//   condition? -> done                    parked[i] = 0; event[i] += 1; futex_wake(event[i])
//   futex_waitv(event[i], e[i])
//
// Dekker's argument of WaitPoint holds for each point by itself, because our one fence stands between
// every flag raised and every condition read. If it comes before notifier i's, that one sees
// parked[i] = 1 and rings: event[i] then differs from e[i], which futex_waitv refuses to sleep on, or
// we already sleep on it and are woken. If it comes after, we see condition i. No notifier needs to
// know of the other points.
//
// On the way out no flag is lowered: a point is shared with other waiters, whose flag it also is, and
// who would sleep unseen. A flag left up costs its notifier one ring in vain.
internal import CLinux
internal import Glibc

extension WaitPoint {
  /// Points that can be waited at together: what `futex_waitv` takes.
  public static let severalLimit = 128
  /// Sleep between looks at all conditions where the kernel can only sleep on one word
  /// (before Linux 5.16): the price of noticing any other point late.
  static let oneWordSleepNanoseconds: Int64 = 1_000_000

  /// Whether the kernel can sleep on several words: asked with none, it says `EINVAL` then.
  static let kernelWaitsOnSeveral: Bool = weir_futex_waitv(nil, nil, 0, -1) != -ENOSYS

  /// Waits until `ready` is true, which the notifiers of `points` make it.
  ///
  /// Sleeps in the kernel on all points at once. Where it cannot (before Linux 5.16), it sleeps on the
  /// first and looks at the others every millisecond.
  /// - Parameters:
  ///   - points: 1 to ``severalLimit``; the same one twice does no harm.
  ///   - alive: asked when the wait goes on for long; `false` ends it.
  ///   - peers: as for a wait at one point.
  /// - Returns: whether `ready` was true; `false` means the time ran out or a peer is gone.
  public static func wait(
    atAll points: [WaitPoint], _ strategy: WaitStrategy, timeout: Timeout,
    alive: () -> Bool = { true }, peers: () -> [Int32]? = { nil }, until ready: () -> Bool
  ) -> Bool {
    wait(
      atAll: points, strategy, timeout: timeout, kernelWaitsOnSeveral: kernelWaitsOnSeveral,
      alive: alive, peers: peers, until: ready)
  }

  /// As above, told what the kernel can do.
  static func wait(
    atAll points: [WaitPoint], _ strategy: WaitStrategy, timeout: Timeout,
    kernelWaitsOnSeveral: Bool, alive: () -> Bool, peers: () -> [Int32]? = { nil },
    until ready: () -> Bool
  ) -> Bool {
    precondition(!points.isEmpty && points.count <= severalLimit)
    if ready() { return true }
    if timeout == .now { return false }
    let deadline = timeout.deadlineNanoseconds
    var spins: UInt32 = 0
    while true {
      switch strategy {
      case .spin: break
      case .spinThenPark(let budget): if spins >= budget { fallthrough }
      case .park:
        return sleep(
          at: points, deadline: deadline, kernelWaitsOnSeveral: kernelWaitsOnSeveral, alive, peers,
          ready)
      }
      weir_cpu_relax()
      if ready() { return true }
      spins &+= 1
      if spins % spinsPerYield == 0 {
        if MonotonicTime.nanoseconds() >= deadline || !alive() { return ready() }
        _ = weir_yield()
      }
    }
  }

  private static func sleep(
    at points: [WaitPoint], deadline: Int64, kernelWaitsOnSeveral: Bool, _ alive: () -> Bool,
    _ peers: () -> [Int32]?, _ ready: () -> Bool
  ) -> Bool {
    var seen = [UInt32](repeating: 0, count: points.count)
    var looks = SleeperLooks()
    var lastLook = MonotonicTime.nanoseconds()
    while true {
      for (index, point) in points.enumerated() {
        // Acquire: pairs with the increment in ring(); `parked` is raised after what that lowered.
        seen[index] = point.event.loadAcquire()
        point.parked.storeRelaxed(1)
      }
      weir_full_fence()  // pairs with the fence in notifyParked() of every point
      if ready() { return true }
      let now = MonotonicTime.nanoseconds()
      if now >= deadline { return false }
      if looks.peerHasEnded() {
        if !alive() { return ready() }
        continue
      }
      let nextLook = lastLook + looks.longestSleepNanoseconds
      if kernelWaitsOnSeveral || points.count == 1 {
        sleep(on: points, seen, until: min(deadline, nextLook))
      } else {
        sleep(
          on: [points[0]], [seen[0]],
          until: min(deadline, nextLook, now + oneWordSleepNanoseconds))
      }
      let sleptLong = MonotonicTime.nanoseconds() >= nextLook
      // A short sleep for lack of a kernel that can sleep on all says nothing about the peers.
      if !kernelWaitsOnSeveral, !sleptLong { continue }
      guard looks.isDue(after: sleptLong ? .timedOut : .recheck) else { continue }
      lastLook = MonotonicTime.nanoseconds()
      if !alive() { return ready() }
      if sleptLong { looks.keepVigil(over: peers, ringing: points[0]) }
    }
  }

  /// Sleeps while the events are as seen, up to a ``MonotonicTime``.
  private static func sleep(on points: [WaitPoint], _ seen: [UInt32], until end: Int64) {
    if points.count == 1 {
      let left = max(0, end - MonotonicTime.nanoseconds())
      _ = points[0].event.wait(while: seen[0], timeoutNanoseconds: left)
      return
    }
    let words = unsafe points.map { point -> UnsafePointer<UInt32>? in
      unsafe UnsafeRawPointer(point.event.pointer).assumingMemoryBound(to: UInt32.self)
    }
    _ = unsafe words.withUnsafeBufferPointer { words in
      unsafe seen.withUnsafeBufferPointer { seen in
        unsafe weir_futex_waitv(words.baseAddress, seen.baseAddress, seen.count, end)
      }
    }
  }
}
