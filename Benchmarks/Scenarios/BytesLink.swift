// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness
internal import Serialization
internal import Transport

/// What the bytes of a message must be, for payloads that no serializer wraps.
///
/// The first word is the message's number and the last whole word its complement; what lies between
/// is fixed. The checksum is linear, so the sums that a number leads to are known without reading.
/// Plain words only: a copy of it costs no reference counting.
struct StampedBytes {
  let byteCount: Int
  let seed: Int
  private let base: weir_sums
  private let firstWeight: UInt64
  private let lastWeight: UInt64
  private let lastOffset: Int

  static let smallestByteCount = 8

  /// - Precondition: `byteCount` is at least 8, for the number.
  init(byteCount: Int, seed: Int) {
    precondition(byteCount >= Self.smallestByteCount)
    self.byteCount = byteCount
    self.seed = seed
    lastOffset = (byteCount / 8 - 1) * 8
    firstWeight = UInt64((byteCount + 7) / 8)
    lastWeight = firstWeight - UInt64(lastOffset / 8)
    let template = Self.template(byteCount: byteCount, seed: seed)
    base = unsafe template.withUnsafeBytes { unsafe weir_checksum($0.baseAddress, byteCount) }
  }

  /// The message with both stamps zero, in whole words.
  static func template(byteCount: Int, seed: Int) -> [UInt64] {
    var random = SplitMix64(seed: UInt64(seed))
    var words = (0..<(byteCount + 7) / 8).map { _ in random.next() }
    words[0] = 0
    words[byteCount / 8 - 1] = 0
    return words
  }

  /// Writes message `sequence` to where customers will read it: the template, then the stamps.
  ///
  /// Not the other way round: reading back what was just stored waits for the store.
  @inline(__always)
  func write(_ sequence: UInt64, _ template: UnsafeRawPointer, to room: inout MutableRawSpan) {
    unsafe room.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress, bytes.count >= byteCount else { return }
      unsafe start.copyMemory(from: template, byteCount: byteCount)
      unsafe start.storeBytes(of: sequence, as: UInt64.self)
      if lastOffset > 0 {
        unsafe start.storeBytes(of: ~sequence, toByteOffset: lastOffset, as: UInt64.self)
      }
    }
  }

  /// What is wrong with a payload that claims to be message `sequence`.
  @inline(__always)
  func fault(_ sequence: UInt64, _ payload: RawSpan, _ depth: Check.Depth) -> Fault {
    if depth == .none { return .none }
    guard payload.byteCount == byteCount else { return .corrupt }
    if lastOffset > 0, payload.word(at: lastOffset) != ~sequence { return .torn }
    if depth == .header { return .none }
    let sums = Check.sums(payload)
    let last = lastOffset > 0 ? ~sequence : 0
    let sum = base.sum &+ sequence &+ last
    let weighted = base.weighted &+ sequence &* firstWeight &+ last &* lastWeight
    return sums.sum == sum && sums.weighted == weighted ? .none : .corrupt
  }
}

/// Sends plain bytes through shared memory: the store alone, without a serializer.
@safe
struct BytesSender: ~Copyable, MessageSender {
  private var producer: Producer<Frame>
  private let message: StampedBytes
  private let template: UnsafeMutableRawPointer

  init(_ producer: consuming Producer<Frame>, message: StampedBytes) {
    self.producer = producer
    self.message = message
    let words = StampedBytes.template(byteCount: message.byteCount, seed: message.seed)
    let size = words.count * 8
    unsafe template = .allocate(byteCount: size, alignment: 64)
    unsafe words.withUnsafeBytes { source in
      if let start = source.baseAddress { unsafe template.copyMemory(from: start, byteCount: size) }
    }
  }

  deinit { unsafe template.deallocate() }

  @inline(__always)
  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let (message, template) = unsafe (message, template)
    let result = try producer.put(byteCount: message.byteCount, timeout: Patience.perMessage) {
      room in
      unsafe message.write(sequence, template, to: &room)
      return message.byteCount
    }
    return Dispatch(result)
  }

  mutating func finish() throws {
    producer.end()
    _ = producer.drain(timeout: Patience.toDrain)
  }
}

/// Receives plain bytes from shared memory, in place.
struct BytesReceiver: ~Copyable, MessageReceiver {
  private var customer: Customer<Frame>
  private let message: StampedBytes
  private var check: Check

  init(_ customer: consuming Customer<Frame>, message: StampedBytes, check: Check) {
    self.customer = customer
    self.message = message
    self.check = check
  }

  @inline(__always)
  mutating func receive(checked: Bool) throws -> Arrival {
    let depth = checked ? check.next() : .none
    let message = message
    let delivery = try customer.readBytes(timeout: Patience.perMessage) { payload in
      guard payload.byteCount >= StampedBytes.smallestByteCount else {
        return Arrival(kind: .message, fault: .corrupt)
      }
      let sequence = payload.word(at: 0)
      return Arrival(
        kind: .message, sequence: sequence, fault: message.fault(sequence, payload, depth))
    }
    return Arrival(delivery) ?? .nothing
  }

  mutating func verify() throws -> Fault {
    let depth = check.next()
    if depth == .none { return .none }
    let message = message
    return try customer.readBytes { payload in
      guard payload.byteCount >= StampedBytes.smallestByteCount else { return Fault.corrupt }
      return message.fault(payload.word(at: 0), payload, depth)
    }.value ?? .none
  }

  @inline(__always)
  mutating func release() { customer.next() }
}
