// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import Transport

/// Sends frames through a producer: any store, any serializer that carries frames.
struct FrameSender: ~Copyable, MessageSender {
  private var producer: Producer<Frame>
  private let patterns: FramePatterns

  init(_ producer: consuming Producer<Frame>, patterns: FramePatterns) {
    self.producer = producer
    self.patterns = patterns
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    Dispatch(try producer.put(try patterns.message(sequence), timeout: Patience.perMessage))
  }

  mutating func drain() -> Bool { producer.drain(timeout: Patience.toDrain) }

  mutating func finish() throws {
    producer.end()
    _ = drain()
  }
}

/// Receives frames as a customer, reading them in place where the serializer can.
struct FrameReceiver: ~Copyable, MessageReceiver {
  private var customer: Customer<Frame>
  private let patterns: FramePatterns
  private var check: Check
  private var sequence: UInt64 = 0

  init(_ customer: consuming Customer<Frame>, patterns: FramePatterns, check: Check) {
    self.customer = customer
    self.patterns = patterns
    self.check = check
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    let depth = checked ? check.next() : .none
    let patterns = patterns
    let delivery = try customer.read(timeout: Patience.perMessage) { header, payload in
      let sequence = UInt64(bitPattern: header.timestampNanoseconds)
      return Arrival(
        kind: .message, sequence: sequence, fault: patterns.fault(sequence, payload, depth))
    }
    guard let arrival = Arrival(delivery) else { return .nothing }
    sequence = arrival.sequence
    return arrival
  }

  var droppedCount: Int { customer.droppedCount }

  /// Messages that the customer's strategy passed over.
  var skippedCount: Int { customer.skippedCount }

  /// Messages that are there and have not been received.
  var waitingCount: Int { customer.count }

  mutating func verify() throws -> Fault {
    let depth = check.next()
    if depth == .none { return .none }
    let (patterns, sequence) = (patterns, sequence)
    return try customer.read { _, payload in patterns.fault(sequence, payload, depth) }.value
      ?? .none
  }

  mutating func release() { customer.next() }
}

extension Dispatch {
  @inline(__always)
  init(_ result: PutResult) {
    switch result {
    case .published: self = .sent
    case .dropped, .noCustomers: self = .dropped
    case .timedOut: self = .refused
    }
  }
}

extension Arrival {
  /// What a delivery holds; nil when nothing came in time.
  @inline(__always)
  init?(_ delivery: Delivery<Arrival>) {
    switch delivery {
    case .item(let arrival), .byDefault(let arrival): self = arrival
    case .ended: self = .ended
    case .timedOut: return nil
    }
  }
}
