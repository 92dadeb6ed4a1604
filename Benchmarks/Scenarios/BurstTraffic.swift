// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Bursts into a ring with room, one way: what a message costs its sender when nobody holds it up.
enum BurstTraffic {
  /// Sends a ringful at a time and waits until every customer has it, until the launch drains.
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    let clock = session.clock
    let burst = UInt64(session.cell.depth)
    var latencies = LatencyRecorder()
    var sequence: UInt64 = 0
    while session.isRunning {
      let end = sequence &+ burst
      let before = clock.ticks()
      while sequence < end, try sender.send(sequence) == .sent { sequence &+= 1 }
      let after = clock.ticks()
      guard sequence == end else {
        throw LaunchError(.protocolViolation, "a burst did not fit an empty ring of its own size")
      }
      if session.phase == .measure {
        latencies.record(nanoseconds: (clock.nanoseconds(after &- before) + burst / 2) / burst)
      }
      guard sender.drain() else {
        throw LaunchError(.aborted, "the customers did not take a burst in time")
      }
    }
    try sender.finish()
    var report = WorkerReport()
    // Counted once per customer that should have seen it.
    report.integrity.sent = Int(sequence) * session.cell.customers
    report.latency = latencies.pairs()
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
    try sender.finish()
    return report
  }
}
