// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Transport

/// Sends plain bytes through shared memory: the store alone, without a serializer.
@safe
struct BytesSender: ~Copyable, MessageSender {
  private var producer: Producer<Frame>
  private let message: StampedBytes.Template

  init(_ producer: consuming Producer<Frame>, message: StampedBytes) {
    self.producer = producer
    self.message = StampedBytes.Template(message)
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let (rules, template) = unsafe (message.rules, message.bytes)
    let byteCount = unsafe rules.pointee.byteCount
    if byteCount > RingLayout.inlineByteCount { return try sendLarge(sequence) }
    let result = try producer.put(byteCount: byteCount, timeout: Patience.perMessage) { room in
      unsafe rules.pointee.write(sequence, template, to: &room)
      return byteCount
    }
    return Dispatch(result)
  }

  /// One copy, the library's.
  @inline(never)
  private mutating func sendLarge(_ sequence: UInt64) throws -> Dispatch {
    let result = try message.withMessage(sequence) { (bytes) throws(TransportError) in
      try producer.put(bytes: bytes, timeout: Patience.perMessage)
    }
    return Dispatch(result)
  }

  mutating func sendBatch(_ sequence: UInt64, _ count: Int) throws -> Int {
    let (rules, template) = unsafe (message.rules, message.bytes)
    let byteCount = unsafe rules.pointee.byteCount
    return try producer.putBatch(
      upTo: count, byteCount: byteCount, timeout: Patience.perMessage
    ) { place, room in
      unsafe rules.pointee.write(sequence &+ UInt64(place), template, to: &room)
      return byteCount
    }.count
  }

  mutating func drain() -> Bool { producer.drain(timeout: Patience.toDrain) }

  mutating func finish() throws {
    producer.end()
    _ = drain()
  }
}

/// Receives plain bytes from shared memory, in place.
struct BytesReceiver: ~Copyable, MessageReceiver {
  private var customer: Customer<Frame>
  private let message: StampedBytes.Template
  private var check: Check

  init(_ customer: consuming Customer<Frame>, message: StampedBytes, check: Check) {
    self.customer = customer
    self.message = StampedBytes.Template(message)
    self.check = check
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    guard checked else { return try receiveNumber() }
    let depth = check.next()
    let (rules, template) = unsafe (message.rules, message.bytes)
    let delivery = try customer.readBytes(timeout: Patience.perMessage) { payload in
      unsafe rules.pointee.arrival(payload, template, depth)
    }
    return Arrival(delivery) ?? .nothing
  }

  /// Nothing but the number, which the answer to a round trip waits for.
  private mutating func receiveNumber() throws -> Arrival {
    let delivery = try customer.readBytes(timeout: Patience.perMessage) { payload in
      StampedBytes.claim(payload)
    }
    return Arrival(delivery) ?? .nothing
  }

  mutating func receiveBatch(_ tally: inout SequenceTally) throws -> Arrival.Kind {
    let (rules, template) = unsafe (message.rules, message.bytes)
    let isQuick = unsafe check.isAlwaysFull && rules.pointee.isQuick
    let delivery = try customer.readBatch(upTo: Patience.batch, timeout: Patience.perMessage) {
      payload in
      if isQuick, unsafe rules.pointee.isMessage(tally.next, payload, template) {
        tally.noteNext()
      } else {
        unsafe Self.examine(payload, check.next(), rules, template, &tally)
      }
    }
    switch delivery {
    case .item: return .message
    case .timedOut, .byDefault: return .nothing
    case .ended: return .ended
    }
  }

  /// Counts a payload after finding out what is wrong with it, if anything is.
  @inline(never)
  private static func examine(
    _ payload: RawSpan, _ depth: Check.Depth, _ rules: UnsafePointer<StampedBytes>,
    _ template: UnsafeRawPointer, _ tally: inout SequenceTally
  ) {
    tally.note(unsafe rules.pointee.arrival(payload, template, depth))
  }

  var droppedCount: Int { customer.droppedCount }

  mutating func verify() throws -> Fault {
    let depth = check.next()
    if depth == .none { return .none }
    let (rules, template) = unsafe (message.rules, message.bytes)
    return try customer.readBytes { payload in
      unsafe rules.pointee.arrival(payload, template, depth).fault
    }.value ?? .none
  }

  mutating func release() { customer.next() }
}
