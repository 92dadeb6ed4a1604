// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness

/// A customer that is slower than its producer by as many times as the ring has places, and wants the
/// newest message alone: what a get costs when the rest must not be transferred.
enum LatestTraffic {
  /// Waits until the ring is full, gets the newest message, and lets go of all.
  static func receive(
    _ receiver: inout FrameReceiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    var tally = SequenceTally()
    // It never waits for a message, and its sender never for a meeting: the ring would run full.
    var recorder = SliceRecorder(session: session, bytesPerMessage: session.cell.size.bytes)
    recorder.latency = LatencyRecorder()
    loop: while true {
      try waitForAFullRing(receiver, session)
      let before = session.clock.ticks()
      let arrival = try receiver.receive(checked: true)
      let after = session.clock.ticks()
      switch arrival.kind {
      case .nothing: try StreamTraffic.giveUpIfAborted(session)
      case .ended: break loop
      case .message:
        tally.note(arrival)
        receiver.release()
        if recorder.isOpen {
          recorder.latency?.record(nanoseconds: session.clock.nanoseconds(after &- before))
        }
        if recorder.isDue(tally.received) { recorder.checkpoint(tally.received) }
      }
    }
    recorder.finish(tally.received)
    var report = WorkerReport()
    report.integrity = tally.integrity
    report.integrity.skipped = receiver.skippedCount
    report.integrity.dropped = receiver.droppedCount
    recorder.testify(&report, side: .customer)
    return report
  }

  /// A look takes lines from the producer, which is writing.
  private static let pausesPerLook = 64

  /// Polls, or the customer would take what there is as soon as there is something.
  private static func waitForAFullRing(
    _ receiver: borrowing FrameReceiver, _ session: WorkerSession
  ) throws {
    while session.isUnderWay, receiver.waitingCount < session.cell.depth {
      for _ in 0..<pausesPerLook { weir_cpu_relax() }
    }
    try StreamTraffic.giveUpIfAborted(session)
  }
}
