// SPDX-License-Identifier: Apache-2.0
//
// Who sleeps for long should not have to wake up only to see whether the other side still lives: on a
// virtual machine twenty looks a second take a third of a per cent of a core. One thread of each process
// that ever slept for long waits in epoll for the ends of all processes that its sleepers depend on,
// and rings their bells.
//
//   sleeper                                watcher
//   vigil = watch(processes, point)        a process ends: its descriptor is readable
//   alive? -> look again later             vigil.hasEnded = true
//   e = event; parked = 1                  event += 1; futex_wake(event)
//   -- full fence --
//   vigil.hasEnded? -> look
//   futex_wait(event, e)
//
// If the watcher's increment comes before `e` is read, the sleeper sees `hasEnded`, which was written
// before it; otherwise the futex refuses to sleep, or is woken.
internal import CLinux
internal import Glibc

/// Rings wait points when processes end.
final class ProcessWatch: Sendable {
  static let shared = ProcessWatch()

  private struct Entry {
    let ends: [ProcessEnd]
    let point: WaitPoint
    var hasEnded = false
  }

  private struct Entries {
    var lastNumber: UInt64 = 0
    var byNumber: [UInt64: Entry] = [:]
  }

  private let entries = Guarded(Entries())
  /// Negative where there is no watch.
  private let watch: CInt
  /// A fork leaves the thread behind.
  private let process = getpid()

  private init() {
    // A sleeper that may have missed a bell, for lack of a barrier, must look around by itself.
    watch = MemoryBarrier.reachesEverywhere ? weir_watch_open() : -1
  }

  private static let thread: Bool = {
    let thread = try? NativeThread(stackByteCount: 1 << 17) {
      // The application's signals are for its own threads.
      _ = blockSignals()
      unsafe weir_name_thread("weir-watch")
      shared.run()
    }
    return thread != nil
  }()

  private static func blockSignals() -> CInt {
    var all = sigset_t()
    return unsafe sigfillset(&all) == 0 ? pthread_sigmask(SIG_BLOCK, &all, nil) : -1
  }

  /// Rings `point` once when any of the processes ends, until the vigil is let go, which must be before
  /// the point's segment is.
  /// - Returns: nil where the kernel cannot tell, or one of them has ended long ago.
  func vigil(over processes: [CInt], ringing point: WaitPoint) -> Vigil? {
    guard watch >= 0, process == getpid(), Self.thread else { return nil }
    let ends = processes.compactMap { ProcessEnd(of: $0) }
    if ends.count < processes.count { return nil }
    let number = entries.withLock { entries in
      entries.lastNumber += 1
      entries.byNumber[entries.lastNumber] = Entry(ends: ends, point: point)
      return entries.lastNumber
    }
    for descriptor in ends.compactMap(\.descriptor)
    where weir_watch_add(watch, descriptor, number) < 0 {
      end(number)
      return nil
    }
    return Vigil(number: number, processes: processes)
  }

  fileprivate func hasEnded(_ number: UInt64) -> Bool {
    entries.withLock { $0.byNumber[number]?.hasEnded ?? true }
  }

  fileprivate func end(_ number: UInt64) {
    guard process == getpid() else { return }
    entries.withLock { entries in
      if let entry = entries.byNumber.removeValue(forKey: number) { forget(entry) }
    }
  }

  /// Before the descriptor is closed: a child of a fork may have a copy, which would go on being told.
  private func forget(_ entry: Entry) {
    for end in entry.ends {
      if let descriptor = end.descriptor { _ = weir_watch_remove(watch, descriptor) }
    }
  }

  private func run() {
    var number: UInt64 = 0
    while unsafe weir_watch_wait(watch, &number) == 0 {
      // Under the lock: the sleeper lets go of its vigil before its segment.
      entries.withLock { entries in
        guard let entry = entries.byNumber[number] else { return }
        forget(entry)
        entries.byNumber[number]?.hasEnded = true
        entry.point.ring()
      }
    }
  }
}

/// A sleeper's request to be rung when one of some processes ends, as long as it is kept.
struct Vigil: ~Copyable {
  private let number: UInt64
  /// Whose end rings.
  let processes: [CInt]

  fileprivate init(number: UInt64, processes: [CInt]) {
    self.number = number
    self.processes = processes
  }

  deinit { ProcessWatch.shared.end(number) }

  var hasEnded: Bool { ProcessWatch.shared.hasEnded(number) }
}
