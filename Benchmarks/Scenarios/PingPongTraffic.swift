// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// One message to and fro: each direction has its own transport, and half the round trip is what is
/// recorded. What does not belong to the hand-over (preparing, verifying, releasing, recording) is
/// done while no clock runs.
enum PingPongTraffic {
  /// Asks and times the answers until the launch drains.
  static func ask<Sender: MessageSender & ~Copyable, Receiver: MessageReceiver & ~Copyable>(
    _ sender: inout Sender, _ receiver: inout Receiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    let clock = session.clock
    var tally = SequenceTally()
    var recorder = SliceRecorder(
      session: session, bytesPerMessage: session.cell.size.bytes, encounter: .asked)
    recorder.latency = LatencyRecorder()
    var sequence: UInt64 = 0
    // It is the asker itself that asks for meetings, with its messages under way.
    while session.isRunning || session.isUnderWay {
      let before = clock.ticks()
      guard try sender.send(sequence) == .sent else {
        try StreamTraffic.giveUpIfAborted(session)
        continue
      }
      sequence &+= 1
      let arrival = try wait(for: &receiver, session)
      let after = clock.ticks()
      guard arrival.kind == .message else { break }
      tally.note(arrival.found(try receiver.verify()))
      receiver.release()
      if recorder.isOpen {
        recorder.latency?.record(nanoseconds: (clock.nanoseconds(after &- before) + 1) / 2)
      }
      if recorder.isDue(tally.received) {
        recorder.checkpoint(tally.received, next: tally.next)
      }
    }
    recorder.finish(tally.received)
    try sender.end(session)
    var report = WorkerReport()
    report.integrity = tally.integrity
    report.integrity.sent = Int(sequence)
    recorder.testify(&report, side: .producer)
    return report
  }

  /// Part of the loops below: what a call costs would be measured as the transport's.
  @inline(__always)
  private static func wait<Receiver: MessageReceiver & ~Copyable>(
    for receiver: inout Receiver, _ session: WorkerSession
  ) throws -> Arrival {
    while true {
      let arrival = try receiver.receive(checked: false)
      if arrival.kind != .nothing { return arrival }
      try StreamTraffic.giveUpIfAborted(session)
    }
  }

  /// Answers every message with one of its own, until the stream has ended.
  static func answer<Sender: MessageSender & ~Copyable, Receiver: MessageReceiver & ~Copyable>(
    _ sender: inout Sender, _ receiver: inout Receiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    var tally = SequenceTally()
    session.joinMeetings()
    while true {
      let arrival = try wait(for: &receiver, session)
      guard arrival.kind == .message else { break }
      while try sender.send(tally.received) != .sent {
        try StreamTraffic.giveUpIfAborted(session)
      }
      // The answer is on its way: the question can be checked at leisure.
      tally.note(arrival.found(try receiver.verify()))
      receiver.release()
      if !session.isRunning { session.attends(answered: arrival.sequence) }
    }
    try sender.end(session)
    var report = WorkerReport()
    report.integrity = tally.integrity
    report.integrity.sent = Int(tally.received)
    return report
  }
}
