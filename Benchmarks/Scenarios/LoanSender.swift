// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import Transport

/// Sends plain bytes in room that the transport lends, and writes nothing but the stamps: as if a device
/// filled the rest.
@safe
struct LoanSender: ~Copyable, MessageSender {
  private var producer: Producer<Frame>
  private let message: StampedBytes

  init(_ producer: consuming Producer<Frame>, message: StampedBytes) {
    self.producer = producer
    self.message = message
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    switch try producer.loan(byteCount: message.byteCount, timeout: Patience.perMessage) {
    case .refused(let result): return Dispatch(result)
    case .granted(var loan):
      loan.withBytes { message.stamp(sequence, &$0) }
      try producer.publish(loan)
      return .sent
    }
  }

  mutating func drain() -> Bool { producer.drain(timeout: Patience.toDrain) }

  mutating func finish() throws {
    producer.end()
    _ = drain()
  }
}
