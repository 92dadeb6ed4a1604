// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Harness
internal import SharedMemory

enum PeerMessage {
  /// The number of the message that ends a stream; no stream comes so far.
  static let endMark = UInt64.max
}

/// Sends plain bytes through a peer's channel. The message stays where it is and gets new stamps: the
/// peer's own copy is the only one.
struct PeerSender<Outlet: PeerOutlet & ~Copyable>: ~Copyable, MessageSender {
  private var outlet: Outlet
  private let kind: PeerKind
  private let lifeline: Lifeline
  private let drops: Bool
  private let noticesDeath: Bool
  private let room: PeerRoom
  private let lastOffset: Int

  init(_ outlet: consuming Outlet, _ port: PeerPort, message: StampedBytes) {
    room = PeerRoom(
      byteCount: message.byteCount,
      StampedBytes.template(byteCount: message.byteCount, seed: message.seed))
    lastOffset = (message.byteCount / 8 - 1) * 8
    kind = port.terms.kind
    lifeline = port.lifeline
    drops = port.terms.drops
    noticesDeath = kind.noticesDeath
    self.outlet = outlet
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let result = attempt(sequence)
    return result >= 0 ? .sent : try explain(result)
  }

  @inline(__always)
  private mutating func attempt(_ sequence: UInt64) -> Int64 {
    unsafe room.start.storeBytes(of: sequence, as: UInt64.self)
    if lastOffset > 0 {
      unsafe room.start.storeBytes(of: ~sequence, toByteOffset: lastOffset, as: UInt64.self)
    }
    return unsafe outlet.send(UnsafeRawBufferPointer(room.bytes))
  }

  @inline(never)
  private func explain(_ result: Int64) throws(PeerError) -> Dispatch {
    switch CInt(truncatingIfNeeded: -result) {
    case ETIMEDOUT where noticesDeath || !lifeline.isPeerGone: return .refused
    case ETIMEDOUT, EPIPE: throw .gone(kind, "receiver")
    case EAGAIN where drops: return .dropped
    case let error:
      throw .refused(
        kind, "a send", result, outlet.explanation(error),
        remedy: "free memory, or send smaller messages")
    }
  }

  /// Only bursts ask, which peers are not asked for: a kernel channel does not tell.
  mutating func drain() -> Bool { false }

  mutating func finish() throws {
    let deadline = Patience.toDrain.deadlineNanoseconds
    var result = outlet.end() ?? attempt(PeerMessage.endMark)
    while result == -Int64(ETIMEDOUT), !lifeline.isPeerGone,
      MonotonicTime.nanoseconds() < deadline
    {
      result = outlet.end() ?? attempt(PeerMessage.endMark)
    }
    // A receiver that is gone needs no end.
    if result == -Int64(EPIPE) || lifeline.isPeerGone { return }
    guard result >= 0, lifeline.awaitEnd(until: deadline) else {
      throw PeerError(
        .refused(ETIMEDOUT),
        "\(kind.rawValue): the receiver did not take the rest in time; run again")
    }
  }
}

/// Receives plain bytes from a peer's channel, in the channel's room or in memory of its own.
struct PeerReceiver<Inlet: PeerInlet & ~Copyable>: ~Copyable, MessageReceiver {
  private var inlet: Inlet
  private let kind: PeerKind
  private let lifeline: Lifeline
  private let noticesDeath: Bool
  private let message: StampedBytes.Template
  private let byteCount: Int
  private var check: Check
  /// The sender was gone when nothing came; what was still on its way gets one more wait.
  private var hasLostSender = false
  private var received: Int64 = 0

  init(_ inlet: consuming Inlet, _ port: PeerPort, message: StampedBytes, check: Check) {
    self.message = StampedBytes.Template(message)
    self.check = check
    byteCount = message.byteCount
    kind = port.terms.kind
    lifeline = port.lifeline
    noticesDeath = kind.noticesDeath
    self.inlet = inlet
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    received = inlet.receive()
    guard received == Int64(byteCount) else { return try explain(received) }
    let payload = unsafe RawSpan(_unsafeStart: inlet.message, byteCount: byteCount)
    if !Inlet.knowsTheEnd, payload.word(at: 0) == PeerMessage.endMark {
      lifeline.acknowledgeEnd()
      return .ended
    }
    let depth = checked ? check.next() : .none
    return unsafe message.rules.pointee.arrival(payload, message.bytes, depth)
  }

  @inline(never)
  private mutating func explain(_ result: Int64) throws(PeerError) -> Arrival {
    // Of another length: its number cannot be trusted either.
    if result > 0 { return Arrival(kind: .message, fault: .corrupt) }
    switch CInt(truncatingIfNeeded: -result) {
    case 0 where Inlet.knowsTheEnd:
      lifeline.acknowledgeEnd()
      return .ended
    case ETIMEDOUT where !hasLostSender:
      hasLostSender = !noticesDeath && lifeline.isPeerGone
      return .nothing
    case 0, EPIPE, ECONNRESET, ETIMEDOUT: throw .gone(kind, "sender")
    case let error:
      throw .refused(
        kind, "a receive", result, inlet.explanation(error), remedy: "free memory, or run again")
    }
  }

  mutating func verify() throws -> Fault {
    let depth = check.next()
    guard received == Int64(byteCount) else { return .none }
    let payload = unsafe RawSpan(_unsafeStart: inlet.message, byteCount: byteCount)
    let (rules, template) = unsafe (message.rules, message.bytes)
    return unsafe rules.pointee.fault(payload.word(at: 0), payload, template, depth)
  }

  mutating func release() { inlet.release() }
}
