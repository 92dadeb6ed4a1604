// SPDX-License-Identifier: Apache-2.0
//
// Plain bytes in messages of several sizes. Each is the beginning of one template, as long as its size,
// with the message's number in its first word and the number's complement in its last whole one. Links of
// their own: those for one size know everything about a message before it comes.
internal import Glibc
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Transport

/// What the bytes of a message must be.
@safe
final class MixedBytes {
  let sizes: MessageSizes
  private let template: UnsafeMutableRawBufferPointer

  init(_ sizes: MessageSizes, seed: Int) {
    self.sizes = sizes
    let words = StampedBytes.template(
      byteCount: max(sizes.largest, StampedBytes.smallestByteCount), seed: seed)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: words.count * 8, alignment: 64)
    unsafe words.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
    unsafe template = room
  }

  deinit { unsafe template.deallocate() }

  /// Lends message `sequence`, stamped in the template itself, which is whole again afterwards.
  func withMessage<R, E: Error>(
    _ sequence: UInt64, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    let byteCount = sizes.byteCount(of: sequence)
    let last = (byteCount / 8 - 1) * 8
    let covered = unsafe template.loadUnaligned(fromByteOffset: max(0, last), as: UInt64.self)
    unsafe template.storeBytes(of: sequence, as: UInt64.self)
    if last > 0 { unsafe template.storeBytes(of: ~sequence, toByteOffset: last, as: UInt64.self) }
    defer {
      if last > 0 { unsafe template.storeBytes(of: covered, toByteOffset: last, as: UInt64.self) }
    }
    return try body(unsafe RawSpan(_unsafeBytes: template[..<byteCount]))
  }

  /// What is wrong with a payload that claims to be message `sequence`.
  func fault(_ sequence: UInt64, _ payload: RawSpan, _ depth: Check.Depth) -> Fault {
    if depth == .none { return .none }
    let byteCount = sizes.byteCount(of: sequence)
    guard payload.byteCount == byteCount else { return .corrupt }
    let last = (byteCount / 8 - 1) * 8
    if last > 0, payload.word(at: last) != ~sequence { return .torn }
    if depth == .header { return .none }
    let rest = max(last, 0) + 8
    return unsafe payload.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let same = unsafe template.baseAddress else {
        return .corrupt
      }
      return unsafe memcmp(start + 8, same + 8, max(0, last - 8)) == 0
        && memcmp(start + rest, same + rest, byteCount - rest) == 0 ? .none : .corrupt
    }
  }
}

/// Sends plain bytes of several sizes through shared memory.
struct MixedBytesSender: ~Copyable, MessageSender {
  private var producer: Producer<Frame>
  private let message: MixedBytes

  init(_ producer: consuming Producer<Frame>, _ sizes: MessageSizes, seed: Int) {
    self.producer = producer
    message = MixedBytes(sizes, seed: seed)
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    Dispatch(
      try message.withMessage(sequence) { (bytes) throws(TransportError) in
        try producer.put(bytes: bytes, timeout: Patience.perMessage)
      })
  }

  mutating func drain() -> Bool { producer.drain(timeout: Patience.toDrain) }

  mutating func finish() throws {
    producer.end()
    _ = drain()
  }
}

/// Receives plain bytes of several sizes from shared memory, in place.
struct MixedBytesReceiver: ~Copyable, MessageReceiver {
  private var customer: Customer<Frame>
  private let message: MixedBytes
  private var check: Check

  init(_ customer: consuming Customer<Frame>, _ sizes: MessageSizes, seed: Int, check: Check) {
    self.customer = customer
    message = MixedBytes(sizes, seed: seed)
    self.check = check
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    let depth = checked ? check.next() : .none
    return Arrival(try look(depth, timeout: Patience.perMessage)) ?? .nothing
  }

  var droppedCount: Int { customer.droppedCount }

  mutating func verify() throws -> Fault {
    let depth = check.next()
    return depth == .none ? .none : try look(depth, timeout: .never).value?.fault ?? .none
  }

  mutating func release() { customer.next() }

  /// Reads the number of the message that is due, and looks into it.
  private mutating func look(
    _ depth: Check.Depth, timeout: Timeout
  ) throws(TransportError) -> Delivery<Arrival> {
    let message = message
    return try customer.readBytes(timeout: timeout) { payload in
      guard payload.byteCount >= StampedBytes.smallestByteCount else {
        return Arrival(kind: .message, fault: .corrupt)
      }
      let sequence = payload.word(at: 0)
      return Arrival(
        kind: .message, sequence: sequence, fault: message.fault(sequence, payload, depth))
    }
  }
}
