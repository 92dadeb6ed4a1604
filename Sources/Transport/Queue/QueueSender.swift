// SPDX-License-Identifier: Apache-2.0
internal import Serialization
public import SharedMemory

/// The pushing end of a ``Queue``. One thread at a time.
public struct QueueSender<Item: TransportItem>: ~Copyable {
  private let channel: ByteChannel
  private let serializer: any Serializer
  private var pending = ByteBuffer()
  private var scratch = EncodeBuffer()
  private var nextIndex: UInt64 = 0
  private var hasEnded = false

  /// How long an end that is let go tries to send what is left: many times the longest pause of a
  /// busy machine, and no hang when the receiver is stuck.
  private static var farewellNanoseconds: Int64 { 1_000_000_000 }

  /// Takes an end; owns its descriptor from here on, also when it fails.
  /// - Throws: `.serialization` for a serializer that is unknown here.
  public init(_ end: QueueEnd) throws(TransportError) {
    let descriptors = InheritedDescriptors(owning: [end.descriptor])
    let serializer = try Producer<Item>.serializer(end.serializer)
    channel = ByteChannel(owning: descriptors.take() ?? end.descriptor)
    self.serializer = serializer
  }

  /// Items put so far.
  public var count: Int { Int(nextIndex) }

  /// Encodes the item and sends it.
  ///
  /// - Parameter timeout: how long to wait until earlier items are on their way; an item that was
  ///   taken follows with the next put, ``flush(timeout:)`` or ``end(timeout:)``.
  /// - Returns: `.timedOut` when the item was not taken.
  /// - Throws: `.serialization` when the serializer refuses the item (nothing is sent),
  ///   `.customerGone` when the other end is closed, `.ended` after ``end(timeout:)``.
  public mutating func put(
    _ item: Item, timeout: Timeout = .never
  ) throws(TransportError) -> PutResult {
    if hasEnded {
      throw TransportError(.ended, "the queue was ended; make a new one to go on")
    }
    let deadline = timeout.deadlineNanoseconds
    guard try flush(timeout: timeout) else { return .timedOut }
    do throws(SerializationError) {
      try item.encode(with: serializer, into: &scratch)
    } catch {
      throw TransportError(error)
    }
    QueueWire.append(
      .init(kind: .item, index: nextIndex, byteCount: scratch.byteCount), to: &pending)
    scratch.withBytes { pending.append($0) }
    nextIndex &+= 1
    _ = try flush(timeout: .until(deadlineNanoseconds: deadline))
    return .published
  }

  /// Sends what is left of items taken; false when the time ran out.
  /// - Throws: `.customerGone` when the other end is closed.
  public mutating func flush(timeout: Timeout = .never) throws(TransportError) -> Bool {
    let deadline = timeout.deadlineNanoseconds
    while !pending.isEmpty {
      switch channel.send(from: &pending) {
      case .moved: continue
      case .closed:
        throw TransportError(
          .customerGone, "the queue's receiver is closed; start it anew with a new queue")
      case .wouldBlock: break
      }
      guard channel.wait(forWriting: true, deadlineNanoseconds: deadline) else { return false }
    }
    return true
  }

  /// Says that no more items come; those put are still delivered. Safe to repeat.
  /// - Returns: false when the time ran out before all was sent.
  /// - Throws: `.customerGone` when the other end is closed.
  @discardableResult
  public mutating func end(timeout: Timeout = .never) throws(TransportError) -> Bool {
    if !hasEnded {
      hasEnded = true
      QueueWire.append(.init(kind: .bell, index: nextIndex, byteCount: 0), to: &pending)
    }
    return try flush(timeout: timeout)
  }

  /// The end of the stream is only sent by ``end(timeout:)``: without, the receiver learns that its
  /// producer is gone.
  deinit {
    var rest = ByteBuffer()
    pending.read(count: pending.count) { rest.append($0) }
    let deadline = MonotonicTime.nanoseconds() + Self.farewellNanoseconds
    while !rest.isEmpty, channel.send(from: &rest) != .closed {
      guard channel.wait(forWriting: true, deadlineNanoseconds: deadline) else { return }
    }
  }
}
