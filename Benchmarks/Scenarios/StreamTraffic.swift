// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// One way, as fast as it goes: a closed loop whose bound is the transport's depth.
enum StreamTraffic {
  /// Sends until the launch drains.
  ///
  /// A function of its own in the program too: its registers spilled onto the stack fill the store
  /// queue, where the messages' own stores wait for their lines.
  @inline(never)
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    var sequence: UInt64 = 0
    var dropped = 0
    session.joinMeetings()
    while session.isRunning || session.attends(sequence) {
      switch try sender.send(sequence) {
      case .sent: sequence &+= 1
      case .dropped: dropped += 1
      case .refused: break
      }
    }
    try sender.end(session)
    return report(session, sent: sequence, dropped: dropped)
  }

  /// Counts everything once per customer that should have seen it.
  private static func report(
    _ session: WorkerSession, sent: UInt64, dropped: Int = 0
  ) -> WorkerReport {
    var report = WorkerReport()
    report.integrity.sent = (Int(sent) + dropped) * session.cell.customers
    report.integrity.dropped = dropped * session.cell.customers
    return report
  }

  /// Sends until the launch drains, as many messages at a time as a batch has.
  @inline(never)
  static func sendBatches<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    var sequence: UInt64 = 0
    session.joinMeetings()
    while session.isRunning || session.attends(sequence) {
      sequence &+= UInt64(try sender.sendBatch(sequence, Patience.sentAtOnce))
    }
    try sender.end(session)
    return report(session, sent: sequence)
  }

  /// Receives until the stream has ended.
  @inline(never)
  static func receive<Receiver: MessageReceiver & ~Copyable>(
    _ receiver: inout Receiver, _ session: WorkerSession, side: WorkerSide = .customer
  ) throws -> WorkerReport {
    var tally = SequenceTally()
    // What is counted is what was written and verified.
    let isLent = session.cell.workload == "loaned"
    var recorder = SliceRecorder(
      session: session,
      bytesPerMessage: isLent ? StampedBytes.stampByteCount : session.cell.size.bytes,
      encounter: .announced)
    loop: while true {
      switch try receiver.receiveBatch(&tally) {
      case .message:
        if recorder.isDue(tally.received) {
          recorder.checkpoint(tally.received, next: tally.next)
        }
      case .nothing: try giveUpIfAborted(session)
      case .ended: break loop
      }
    }
    recorder.finish(tally.received)
    var report = WorkerReport()
    report.integrity = tally.integrity
    // A gap that the count does not explain is lost; a count without its gap makes the sums disagree.
    report.integrity.dropped = receiver.droppedCount
    recorder.testify(&report, side: side)
    return report
  }

  static func giveUpIfAborted(_ session: WorkerSession) throws {
    if session.phase == .abort {
      throw LaunchError(.aborted, "the harness gave this launch up")
    }
  }
}
