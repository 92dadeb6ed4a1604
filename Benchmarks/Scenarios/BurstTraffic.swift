// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness

/// Bursts into a ring with room, one way: what a message costs its sender when nobody holds it up.
enum BurstTraffic {
  /// The sender rests that long before a burst. Without that, a lone customer is still at work when the
  /// next burst begins, and several that take turns on one core are not: their bursts would not compare.
  private static let restNanoseconds = 200_000.0

  /// Sends a ringful at a time and waits until every customer has it, until the launch drains.
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    let clock = session.clock
    let burst = UInt64(session.cell.depth)
    var latencies = SenderRecorder(session: session)
    var sequence: UInt64 = 0
    let rest = UInt64(restNanoseconds / clock.nanosecondsPerTick)
    var drained = clock.ticks()
    session.joinMeetings()
    while session.isRunning || session.attends(sequence &+ burst &- 1) {
      let end = sequence &+ burst
      while clock.ticks() &- drained < rest { weir_cpu_relax() }
      let before = clock.ticks()
      while sequence < end, try sender.send(sequence) == .sent { sequence &+= 1 }
      let after = clock.ticks()
      guard sequence == end else {
        throw LaunchError(.protocolViolation, "a burst did not fit an empty ring of its own size")
      }
      latencies.record(nanoseconds: (clock.nanoseconds(after &- before) + burst / 2) / burst)
      guard sender.drain() else {
        throw LaunchError(.aborted, "the customers did not take a burst in time")
      }
      drained = clock.ticks()
    }
    try sender.end(session)
    var report = WorkerReport()
    // Counted once per customer that should have seen it.
    report.integrity.sent = Int(sequence) * session.cell.customers
    report.senderSlices = latencies.take()
    report.senderKind = .latency
    return report
  }
}

/// Nothing, until one message at the end: what it costs to wait.
enum IdleTraffic {
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    session.sleepWhileRunning()
    var report = WorkerReport()
    while try sender.send(0) != .sent { try StreamTraffic.giveUpIfAborted(session) }
    report.integrity.sent = session.cell.customers
    try sender.end(session)
    return report
  }
}
