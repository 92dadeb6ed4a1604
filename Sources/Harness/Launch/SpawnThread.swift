// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The thread that starts every worker, and never ends.
///
/// A parent-death signal follows the *thread* that spawned the child: a worker started from a pool
/// thread would be killed when the pool retires it.
final class SpawnThread: @unchecked Sendable {
  // Sendable: `job` is only touched with `condition` locked.
  private let condition = NSCondition()
  private var job: (@Sendable () -> Void)?

  static let shared = SpawnThread()

  private init() {
    let thread = Thread { [self] in serve() }
    thread.name = "weir-spawn"
    thread.start()
  }

  private func serve() {
    while true {
      condition.lock()
      while job == nil { condition.wait() }
      let next = job
      condition.unlock()
      next?()
      condition.lock()
      job = nil
      condition.broadcast()
      condition.unlock()
    }
  }

  /// Runs `body` on the thread and waits for it.
  func run(_ body: @escaping @Sendable () -> Void) {
    condition.lock()
    defer { condition.unlock() }
    while job != nil { condition.wait() }
    let finished = FinishedFlag()
    job = {
      body()
      finished.set()
    }
    condition.broadcast()
    while !finished.isSet { condition.wait() }
  }

  private final class FinishedFlag: @unchecked Sendable {
    // Sendable: written before, and read after, the same condition is locked.
    private(set) var isSet = false
    func set() { isSet = true }
  }
}
