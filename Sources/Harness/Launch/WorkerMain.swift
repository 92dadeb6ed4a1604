// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import SharedMemory

/// What the hidden `worker` command runs: one worker, from its first instruction to its report.
public enum WorkerMain {
  /// - Parameter worker: this worker's number on the board.
  /// - Returns: the exit code: 0 when the report was written, 1 otherwise.
  public static func run(worker: Int, book: ScenarioBook) -> CInt {
    weir_keep_heap()
    do {
      let segment = try Segment.attach(descriptor: WorkerSession.boardDescriptor)
      let board = try LaunchBoard(attaching: segment)
      guard (0..<board.workerCount).contains(worker) else {
        throw LaunchError(
          .protocolViolation, "worker \(worker) is not on the board; do not start workers by hand")
      }
      let session = try WorkerSession(
        worker: worker, board: board, notify: Doorbell(owning: WorkerSession.notifyDescriptor))
      try session.finish(report(session, book))
      return 0
    } catch {
      StandardError.write("weir worker \(worker): \(error)\n")
      return 1
    }
  }

  /// The report of a role that failed says why; the worker itself did its duty.
  private static func report(_ session: WorkerSession, _ book: ScenarioBook) -> WorkerReport {
    do {
      let scenario = try book.scenario(named: session.assignment.scenario)
      return try scenario.perform(session)
    } catch {
      var report = WorkerReport()
      report.error = "\(session.assignment.role): \(error)"
      return report
    }
  }
}
