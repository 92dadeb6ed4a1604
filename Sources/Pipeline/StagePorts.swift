// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// How long a put or a drain waits before it looks whether the pipeline was terminated: as often as a
/// sleeping end looks around for a dead peer. Room that comes wakes it at once.
let lookAround = Timeout.after(nanoseconds: 50_000_000)

/// One input of a stage: a customer as an element of an array.
final class Inlet {
  var customer: Customer<Frame>

  init(_ customer: consuming Customer<Frame>) { self.customer = customer }

  /// The item that a selection found; nil when the pipeline was terminated before it came through.
  func take(_ board: StageBoard) throws(TransportError) -> Frame? {
    while !board.isTerminated {
      switch try customer.get(timeout: lookAround) {
      case .item(let frame), .byDefault(let frame): return frame
      case .ended: return nil
      case .timedOut: continue
      }
    }
    return nil
  }
}

/// One output of a stage: a producer as an element of an array.
final class Outlet {
  var producer: Producer<Frame>

  init(_ producer: consuming Producer<Frame>) { self.producer = producer }

  /// Puts a frame, as long as it takes.
  /// - Returns: whether it was passed on; false when it was dropped or the pipeline was terminated.
  func put(_ frame: Frame, _ board: StageBoard) throws(TransportError) -> Bool {
    while !board.isTerminated {
      switch try producer.put(frame, timeout: lookAround) {
      case .published: return true
      case .dropped, .noCustomers: return false
      case .timedOut: continue
      }
    }
    return false
  }

  /// Ends the stream and stays until every customer has had all of it: a queue's are answered from
  /// here.
  func end(_ board: StageBoard) {
    producer.end()
    while !board.isTerminated, !producer.drain(timeout: lookAround) {}
  }
}

/// The ends of one stage, on their way to the thread that will use them.
final class StagePorts: @unchecked Sendable {
  // Sendable: made by one thread and used by the one that it is handed to afterwards.
  var inlets: [Inlet] = []
  var outlets: [Outlet] = []
}
