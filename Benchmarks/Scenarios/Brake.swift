// SPDX-License-Identifier: Apache-2.0
//
// Ends that make themselves slower by a known share, to see whether a gate notices. They wrap the real
// ends: the loops of launches that are not slowed do not know of them.
internal import CLinux
internal import Harness

/// Polls for a share of the time that has passed since it was last let go.
struct Brake {
  private let clock: MeasurementClock
  private let share: Double
  /// Zero before the first release: what came before is not the transport's time.
  private var released: UInt64 = 0

  /// Nil for a launch that is not slowed.
  init?(_ session: WorkerSession) {
    guard session.assignment.slowdownPercent > 0 else { return nil }
    clock = session.clock
    share = session.assignment.slowdownPercent / 100
  }

  mutating func release() { released = clock.ticks() }

  func pull() {
    guard released != 0 else { return }
    let now = clock.ticks()
    let end = now &+ UInt64(Double(now &- released) * share)
    while clock.ticks() < end { weir_cpu_relax() }
  }
}

/// A sender whose cycle takes a share longer. Pulls once in many messages, or reading the clock would
/// weigh more than a small message.
struct BrakedSender<Sender: MessageSender & ~Copyable>: ~Copyable, MessageSender {
  private var sender: Sender
  private var brake: Brake
  private var count: UInt64 = 0

  /// Messages from one pull to the next.
  private static var stride: UInt64 { 32 }

  init(_ sender: consuming Sender, _ brake: Brake) {
    self.sender = sender
    self.brake = brake
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let result = try sender.send(sequence)
    slow()
    return result
  }

  mutating func sendBatch(_ sequence: UInt64, _ count: Int) throws -> Int {
    let sent = try sender.sendBatch(sequence, count)
    slow()
    return sent
  }

  private mutating func slow() {
    count &+= 1
    guard count % Self.stride == 0 else { return }
    brake.pull()
    brake.release()
  }

  mutating func drain() -> Bool { sender.drain() }
  mutating func finish() throws { try sender.finish() }
}

/// A receiver whose cycle takes a share longer.
struct BrakedReceiver<Receiver: MessageReceiver & ~Copyable>: ~Copyable, MessageReceiver {
  private var receiver: Receiver
  private var brake: Brake
  /// A round trip is timed message by message, a stream as a whole.
  private let isTimedEach: Bool
  private var count: UInt64 = 0

  private static var stride: UInt64 { 32 }

  init(_ receiver: consuming Receiver, _ brake: Brake, isTimedEach: Bool) {
    self.receiver = receiver
    self.brake = brake
    self.isTimedEach = isTimedEach
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    let arrival = try receiver.receive(checked: checked)
    if isTimedEach, arrival.kind == .message { brake.pull() }
    return arrival
  }

  mutating func receiveBatch(_ tally: inout SequenceTally) throws -> Arrival.Kind {
    let kind = try receiver.receiveBatch(&tally)
    count &+= 1
    if count % Self.stride == 0 {
      brake.pull()
      brake.release()
    }
    return kind
  }

  mutating func verify() throws -> Fault { try receiver.verify() }

  mutating func release() {
    receiver.release()
    if isTimedEach { brake.release() }
  }

  var droppedCount: Int { receiver.droppedCount }
}
