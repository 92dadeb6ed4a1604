// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Moves nothing, and takes for each message the time that its script says.
struct TimedReceiver: ~Copyable, MessageReceiver {
  private let session: WorkerSession
  /// In ticks, drawn before the clock runs.
  private let times: [UInt64]
  private var recorder: TruthRecorder
  private var sequence: UInt64 = 0
  private var last = (begin: UInt64(0), end: UInt64(0), scripted: UInt64(0))

  /// - Precondition: there is a time to take.
  init(_ session: WorkerSession, times: [UInt64], recorder: TruthRecorder) {
    precondition(!times.isEmpty, "a script has times")
    self.session = session
    self.times = times
    self.recorder = recorder
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    let begin = session.clock.ticks()
    let scripted = times[Int(sequence % UInt64(times.count))]
    let end = recorder.holdUps.wait(from: begin, until: begin &+ scripted, session.clock)
    last = (begin, end, scripted)
    return Arrival(kind: .message, sequence: sequence)
  }

  mutating func verify() throws -> Fault { .none }

  /// Records the operation, after both the store's clock and the harness's have stopped.
  mutating func release() {
    if session.phase == .measure {
      recorder.note(
        sequence: sequence, begin: last.begin, end: last.end, scripted: last.scripted)
    }
    sequence &+= 1
  }

  func close() { recorder.close() }
}
