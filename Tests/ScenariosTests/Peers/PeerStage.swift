// SPDX-License-Identifier: Apache-2.0
import Glibc
import Harness
import SharedMemory

@testable import Scenarios

/// The two ends of a peer's channel for a test: each in a thread of its own, or one in a forked process.
struct PeerStage {
  let terms: PeerTerms
  let seed = 7
  /// Nobody sends so many in a test that ends.
  static let endless = UInt64(1) << 40

  /// What one end came to.
  struct Outcome: Sendable {
    var count: UInt64 = 0
    var integrity = Integrity()
    var error: PeerError?
    /// What was thrown that no peer should throw.
    var surprise: String?
  }

  struct Outcomes: Sendable {
    var sender = Outcome()
    var receiver = Outcome()
  }

  /// How many messages an end moves before it is dropped, without having ended.
  var sends = PeerStage.endless
  var receives = PeerStage.endless
  /// Whether the sender ends its stream after its messages.
  var finishes = false

  func ports() throws -> PeerPorts {
    let (line, otherLine) = try ByteChannel.makePair()
    let channel = try terms.kind.makeChannel(terms) { _ in }
    // Of its own, since queues and rings have one descriptor for both ends.
    let ends = try channel.map {
      (try ByteChannel.duplicate($0.outlet.number), try ByteChannel.duplicate($0.inlet.number))
    }
    return PeerPorts(
      terms: terms, outlet: ends?.0, inlet: ends?.1, line: line, otherLine: otherLine)
  }

  var message: StampedBytes { StampedBytes(byteCount: terms.byteCount, seed: seed) }

  /// Makes the sender of a channel and plays it.
  func send<Outlet: PeerOutlet & ~Copyable>(
    _ outlet: (PeerPort) throws -> Outlet, at port: PeerPort
  ) throws -> Outcome {
    var sender = PeerSender(try outlet(port), port, message: message)
    return send(&sender)
  }

  /// Makes the receiver of a channel and plays it.
  func receive<Inlet: PeerInlet & ~Copyable>(
    _ inlet: (PeerPort) throws -> Inlet, at port: PeerPort
  ) throws -> Outcome {
    var receiver = PeerReceiver(try inlet(port), port, message: message, check: Check(.full))
    return receive(&receiver)
  }

  /// Plays the sender until its messages are sent, or something is wrong.
  private func send<Sender: MessageSender & ~Copyable>(_ sender: inout Sender) -> Outcome {
    var outcome = Outcome()
    do {
      while outcome.count < sends {
        if try sender.send(outcome.count) == .sent { outcome.count += 1 }
      }
      if finishes { try sender.finish() }
    } catch let error as PeerError {
      outcome.error = error
    } catch {
      outcome.surprise = "\(error)"
    }
    return outcome
  }

  /// Plays the receiver until the stream ends, or its part is over, or something is wrong.
  private func receive<Receiver: MessageReceiver & ~Copyable>(_ receiver: inout Receiver) -> Outcome
  {
    var outcome = Outcome()
    var tally = SequenceTally()
    do {
      loop: while tally.received < receives {
        switch try receiver.receiveBatch(&tally) {
        case .message, .nothing: continue
        case .ended: break loop
        }
      }
    } catch let error as PeerError {
      outcome.error = error
    } catch {
      outcome.surprise = "\(error)"
    }
    outcome.count = tally.received
    outcome.integrity = tally.integrity
    return outcome
  }
}

/// Descriptors of both ends, by number, so that each end's owner can be another.
struct PeerPorts: Sendable {
  let terms: PeerTerms
  let outlet: CInt?
  let inlet: CInt?
  let line: CInt
  let otherLine: CInt

  func outletPort(_ context: ZeroMQContext?) -> PeerPort {
    PeerPort(
      terms: terms, descriptor: outlet.map(OwnedDescriptor.init),
      lifeline: Lifeline(OwnedDescriptor(line)), context: context)
  }

  func inletPort(_ context: ZeroMQContext?) -> PeerPort {
    PeerPort(
      terms: terms, descriptor: inlet.map(OwnedDescriptor.init),
      lifeline: Lifeline(OwnedDescriptor(otherLine)), context: context)
  }
}
