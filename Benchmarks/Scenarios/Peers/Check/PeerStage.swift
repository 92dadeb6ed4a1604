// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness
internal import SharedMemory

/// What the two ends of a peer's channel do in a check, each wherever it is played.
struct PeerStage: Codable, Hashable, Sendable {
  var terms: PeerTerms
  /// Of what the messages hold.
  var seed = 7
  /// How many messages an end moves before it is dropped, without having ended.
  var sends = PeerStage.endless
  var receives = PeerStage.endless
  /// Whether the sender ends its stream after its messages.
  var finishes = false
  var senderRest: Rest?
  var receiverRest: Rest?

  /// Nobody sends so many in a check.
  static let endless = UInt64(1) << 40

  /// A pause before the message of that number.
  struct Rest: Codable, Hashable, Sendable {
    var before: UInt64
    var milliseconds: Int64

    func take() { _ = weir_poll(nil, 0, milliseconds * 1_000_000) }
  }

  /// What one end came to.
  struct Outcome: Codable, Sendable {
    var count: UInt64 = 0
    var integrity = Integrity()
    /// What it said when the other end had gone without ending the stream.
    var farewell: String?
    /// What went wrong that no peer should do.
    var trouble: String?
    /// The longest time between two messages, in nanoseconds.
    var longestWait: Int64 = 0
  }

  struct Outcomes: Sendable {
    var sender = Outcome()
    var receiver = Outcome()
    /// Of a channel with more than one receiver.
    var otherReceivers: [Outcome] = []
  }

  private var message: StampedBytes { StampedBytes(byteCount: terms.byteCount, seed: seed) }

  /// Makes the sender of a channel and plays it.
  func send<Outlet: PeerOutlet & ~Copyable>(
    _ outlet: (PeerPort) throws -> Outlet, at port: PeerPort
  ) -> Outcome {
    Self.record { outcome in
      var sender = PeerSender(try outlet(port), port, message: message)
      try send(&sender, &outcome)
    }
  }

  /// Makes the receiver of a channel and plays it.
  func receive<Inlet: PeerInlet & ~Copyable>(
    _ inlet: (PeerPort) throws -> Inlet, at port: PeerPort
  ) -> Outcome {
    Self.record { outcome in
      var receiver = PeerReceiver(try inlet(port), port, message: message, check: Check(.full))
      try receive(&receiver, &outcome)
    }
  }

  private static func record(_ body: (inout Outcome) throws -> Void) -> Outcome {
    var outcome = Outcome()
    do {
      try body(&outcome)
    } catch let error as PeerError where error.code == .gone {
      outcome.farewell = error.description
    } catch {
      outcome.trouble = "\(error)"
    }
    return outcome
  }

  /// Plays the sender until its messages are sent, or something is wrong.
  private func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ outcome: inout Outcome
  ) throws {
    while outcome.count < sends {
      if let senderRest, outcome.count == senderRest.before { senderRest.take() }
      let start = MonotonicTime.nanoseconds()
      while try sender.send(outcome.count) != .sent {}
      outcome.longestWait = max(outcome.longestWait, MonotonicTime.nanoseconds() - start)
      outcome.count += 1
    }
    if finishes { try sender.finish() }
  }

  /// Plays the receiver until the stream ends, or its part is over, or something is wrong.
  private func receive<Receiver: MessageReceiver & ~Copyable>(
    _ receiver: inout Receiver, _ outcome: inout Outcome
  ) throws {
    var tally = SequenceTally()
    defer {
      outcome.count = tally.received
      outcome.integrity = tally.integrity
    }
    var rest = receiverRest
    while tally.received < receives {
      if let due = rest, tally.received == due.before {
        due.take()
        rest = nil
      }
      switch try receiver.receiveBatch(&tally) {
      case .message, .nothing: continue
      case .ended: return
      }
    }
  }
}
