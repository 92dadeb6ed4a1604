// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Synchronization
internal import Topology

/// One end of a cell that runs as a thread of its worker, bound to its own seat.
final class SideThread: Sendable {
  private final class Outcome: Sendable {
    let result = Mutex<Result<WorkerReport, any Error>?>(nil)
  }

  private let outcome: Outcome
  private let thread: Mutex<NativeThread?>

  /// Starts the thread: it binds itself, works and keeps its report.
  init(
    _ session: WorkerSession, _ machine: Machine, _ side: WorkerSide,
    _ body: @escaping @Sendable () throws -> WorkerReport
  ) throws {
    let outcome = Outcome()
    self.outcome = outcome
    thread = Mutex(
      try NativeThread {
        let result = Result {
          try Self.run(session, machine, side, nil, isMain: false, body)
        }
        outcome.result.withLock { $0 = result }
      })
  }

  /// Waits for the thread and returns its report.
  func join() throws -> WorkerReport {
    if let thread = thread.withLock({ $0.take() }) { thread.join() }
    guard let result = outcome.result.withLock({ $0 }) else {
      throw LaunchError(.workerFailed, "a thread left no report; run again")
    }
    return try result.get()
  }

  /// Does a side's work on the calling thread, bound to the side's seat.
  static func run(
    _ session: WorkerSession, _ machine: Machine, _ side: WorkerSide, _ segment: Segment?,
    isMain: Bool = true, _ body: () throws -> WorkerReport
  ) throws -> WorkerReport {
    let seating = session.assignment.seating
    try machine.bindCurrentThread(to: side == .producer ? seating.producer : seating.customer)
    return try PlacementWitness.watch(session, side, segment, isMain: isMain, body)
  }
}
