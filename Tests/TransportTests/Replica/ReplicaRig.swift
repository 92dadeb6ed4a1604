// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Synchronization
import Testing
import TransportPeer

@testable import Transport

/// A value that one thread hands to another once.
final class Handed<Value: ~Copyable>: @unchecked Sendable {
  // Sendable: one thread puts the value in before the other is started, which alone takes it out.
  private var value: Value?
  init(_ value: consuming Value) { self.value = consume value }

  func take() throws -> Value {
    guard let taken = value.take() else { throw Stalled() }
    return taken
  }
}

/// A thread that runs a replica to the end of its stream.
final class RunningReplica {
  private var worker: Worker<Relayed>?

  init(_ worker: consuming Worker<Relayed>) { self.worker = consume worker }

  func outcome() throws -> Relayed {
    guard let worker = worker.take() else { throw Stalled() }
    return try worker.join()
  }
}

func relay(_ replica: consuming Replica<Frame>) throws -> RunningReplica {
  let handed = Handed(replica)
  return RunningReplica(
    try Worker {
      var replica = try handed.take()
      try replica.run()
      _ = replica.drain(timeout: patience)
      return Relayed(carried: replica.carriedCount, discarded: replica.discardedCount)
    })
}

/// A thread that reads numbered bytes to the end.
final class RunningReader {
  private var worker: Worker<[Int]>?

  init(_ worker: consuming Worker<[Int]>) { self.worker = consume worker }

  func items() throws -> [Int] {
    guard let worker = worker.take() else { throw Stalled() }
    return try worker.join()
  }
}

func reader(_ ticket: SourceTicket<Frame>, byteCount: Int) throws -> RunningReader {
  RunningReader(
    try Worker {
      var customer = try Customer(ticket)
      var numbers: [Int] = []
      while true {
        let found = try customer.readBytes(timeout: patience) { span in
          span.byteCount == byteCount ? Payload.number(of: span) ?? -1 : -2
        }
        switch found {
        case .item(let number), .byDefault(let number): numbers.append(number)
        case .ended: return numbers
        case .timedOut: throw Stalled()
        }
        customer.next()
      }
    })
}
