// SPDX-License-Identifier: Apache-2.0
//
// What a traffic pattern needs of a transport: one end that sends numbered messages, one that
// receives and checks them. Patterns are generic over these, so the compiler makes one loop per
// transport and none of them pays for another. What implements a requirement is not marked
// @inline(__always): the compiler then calls it through the witness table, and in there calls even what
// it inlines elsewhere (Swift 6.3; a batched stream ran at half its rate).
internal import Harness
internal import SharedMemory

/// What was wrong with a received message.
enum Fault {
  case none
  /// Its bytes are not the ones that were sent.
  case corrupt
  /// Its beginning and its end belong to different messages.
  case torn
}

/// What a receive brought.
struct Arrival {
  enum Kind {
    case message
    /// Nothing came in time.
    case nothing
    /// Everything was received and no more will come.
    case ended
  }

  var kind: Kind
  /// Number that the sender gave the message.
  var sequence: UInt64 = 0
  var fault = Fault.none

  /// The same message with a fault that was found later.
  func found(_ later: Fault) -> Arrival {
    Arrival(kind: kind, sequence: sequence, fault: fault == .none ? later : fault)
  }

  static let nothing = Arrival(kind: .nothing)
  static let ended = Arrival(kind: .ended)
}

/// What became of a send.
enum Dispatch {
  case sent
  /// Discarded by the sender's backpressure.
  case dropped
  /// There was no room in time.
  case refused
}

protocol MessageSender: ~Copyable {
  /// Sends message number `sequence`, waiting for room up to `patience`.
  mutating func send(_ sequence: UInt64) throws -> Dispatch
  /// Sends up to `count` messages from `sequence` on, waiting for room for the first alone.
  /// - Returns: how many were sent; 0 when there was no room in time.
  mutating func sendBatch(_ sequence: UInt64, _ count: Int) throws -> Int
  /// Waits until all that was sent has been received; false when that takes too long.
  mutating func drain() -> Bool
  /// Ends the stream and waits until all of it was received, or the receivers are gone.
  mutating func finish() throws
}

protocol MessageReceiver: ~Copyable {
  /// Receives the next message up to its number, and its payload too if `checked`.
  mutating func receive(checked: Bool) throws -> Arrival
  /// Receives and checks the messages that are there, waiting for the first, and lets go of them.
  ///
  /// Counts them itself: a call for every message would cost as much as a small one.
  mutating func receiveBatch(_ tally: inout SequenceTally) throws -> Arrival.Kind
  /// Checks the payload of the message received last.
  mutating func verify() throws -> Fault
  /// Lets go of the message received last.
  mutating func release()
  /// Messages that the sender's backpressure took away before they were received.
  var droppedCount: Int { get }
}

extension MessageSender where Self: ~Copyable {
  /// One message, for transports that have no batches.
  mutating func sendBatch(_ sequence: UInt64, _ count: Int) throws -> Int {
    try send(sequence) == .sent ? 1 : 0
  }

  /// Ends what is counted as the launch's work, and then the stream: with it may go a thread of the
  /// transport's own, and what the kernel counted for it.
  @inline(never)
  mutating func end(_ session: WorkerSession) throws {
    session.stop()
    try finish()
  }
}

extension MessageReceiver where Self: ~Copyable {
  var droppedCount: Int { 0 }

  /// One message at a time, for transports that have no batches.
  mutating func receiveBatch(_ tally: inout SequenceTally) throws -> Arrival.Kind {
    let arrival = try receive(checked: true)
    if arrival.kind == .message {
      tally.note(arrival)
      release()
    }
    return arrival.kind
  }
}

enum Patience {
  /// Messages that a batched stream sends at a time.
  static let sentAtOnce = 16
  /// Messages that a receiver takes at most before it looks around.
  static let batch = 64
  /// How long an end waits before it looks whether the launch goes on. The harness kills the workers of
  /// a launch that it gave up, so nobody waits that long for nothing.
  static let perMessage = Timeout.after(nanoseconds: 5_000_000_000)
  /// How long receivers may take to drain a ring before the sender gives up.
  static let toDrain = Timeout.after(nanoseconds: 20_000_000_000)
}
