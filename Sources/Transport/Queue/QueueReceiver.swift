// SPDX-License-Identifier: Apache-2.0
internal import Serialization
public import SharedMemory

/// The taking end of a ``Queue``. One thread at a time.
public struct QueueReceiver<Item: TransportItem>: ~Copyable {
  private let channel: ByteChannel
  private let serializer: any Serializer
  private var buffer = ByteBuffer(capacity: 1 << 18)
  private var expected: UInt64 = 0
  private var hasEnded = false

  private static var chunkByteCount: Int { 1 << 16 }
  /// A header that claims more than comes must not take memory.
  private static var longestChunkByteCount: Int { 1 << 20 }

  /// Takes an end; owns its descriptor from here on, also when it fails.
  /// - Throws: `.serialization` for a serializer that is unknown here.
  public init(_ end: QueueEnd) throws(TransportError) {
    let descriptors = InheritedDescriptors(owning: [end.descriptor])
    let serializer = try Producer<Item>.serializer(end.serializer)
    channel = ByteChannel(owning: descriptors.take() ?? end.descriptor)
    self.serializer = serializer
  }

  /// Takes the next item: it is consumed, unlike a ``Customer``'s.
  ///
  /// - Throws: `.producerGone` when the sender went without ending the queue, after its last whole
  ///   item; `.corrupt` for foreign bytes; `.serialization` for an item that cannot be decoded, which
  ///   is consumed too.
  public mutating func get(timeout: Timeout = .never) throws(TransportError) -> Delivery<Item> {
    let deadline = timeout.deadlineNanoseconds
    while !hasEnded {
      if let header = try complete() {
        if header.kind == .bell {
          hasEnded = true
          buffer.consume(QueueWire.headerByteCount)
          break
        }
        defer { buffer.consume(QueueWire.headerByteCount + header.byteCount) }
        expected &+= 1
        return .item(try decode(header))
      }
      guard try receive(until: deadline) else { return .timedOut }
    }
    return .ended
  }

  private func decode(_ header: QueueWire.Header) throws(TransportError) -> Item {
    let serializer = serializer
    do throws(SerializationError) {
      return try buffer.read(offset: QueueWire.headerByteCount, count: header.byteCount) {
        (bytes) throws(SerializationError) in try Item.decode(bytes, with: serializer)
      }
    } catch {
      throw TransportError(error)
    }
  }

  /// The message at the front, once all of it is there.
  private func complete() throws(TransportError) -> QueueWire.Header? {
    guard let header = try QueueWire.parse(buffer) else { return nil }
    guard header.kind != .failure, header.index == expected else {
      throw TransportError(
        .corrupt,
        "the queue delivered item \(header.index) where \(expected) was due; "
          + "start both ends anew")
    }
    let byteCount = QueueWire.headerByteCount + header.byteCount
    return buffer.count >= byteCount ? header : nil
  }

  /// Receives some bytes; false when the time ran out.
  private mutating func receive(until deadline: Int64) throws(TransportError) -> Bool {
    while true {
      switch channel.receive(into: &buffer, limit: try bytesMissing()) {
      case .moved: return true
      case .closed:
        throw TransportError(
          .producerGone, "the queue's sender went without ending it; start both ends anew")
      case .wouldBlock: break
      }
      guard channel.wait(deadlineNanoseconds: deadline) else { return false }
    }
  }

  private func bytesMissing() throws(TransportError) -> Int {
    guard let header = try QueueWire.parse(buffer) else { return Self.chunkByteCount }
    let missing = QueueWire.headerByteCount + header.byteCount - buffer.count
    return min(max(missing, Self.chunkByteCount), Self.longestChunkByteCount)
  }
}
