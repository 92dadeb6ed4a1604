// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// What one serializer made of the last items, for the queue customers that share it: each item is
/// encoded once, however many ask for it. Reached only under the queue store's lock.
final class SharedEncodings<Item: TransportItem> {
  private final class Entry {
    var index: UInt64 = 0
    /// Nil while nothing was encoded.
    var kind: QueueWire.Kind?
    var bytes = EncodeBuffer()
  }

  let serializer: any Serializer
  /// Outboxes in the store that send from here; counted under its lock.
  private var users = 0
  private var entries: [Entry] = []

  /// As many items as a customer asks for ahead.
  private static var entryCount: UInt64 { 64 }
  /// Larger items are encoded for each customer: keeping them costs more memory than time is won.
  private static var largestByteCount: Int { 1 << 18 }

  init(_ serializer: any Serializer) { self.serializer = serializer }

  // A method: under the thread sanitizer, Swift 6.3 compiles `outbox.value.encodings.users += 1` to
  // broken code and stops.
  func addUser() { users += 1 }

  func removeUser() { users -= 1 }

  /// Whether an item is worth keeping for others.
  func keeps(_ byteCount: Int?) -> Bool {
    users > 1 && byteCount ?? 0 <= Self.largestByteCount
  }

  /// Appends the item's message, encoding it unless another customer had it before.
  func append(_ item: Item, index: UInt64, to pending: inout ByteBuffer) {
    if entries.isEmpty { entries = (0..<Self.entryCount).map { _ in Entry() } }
    let entry = entries[Int(index % Self.entryCount)]
    if entry.kind == nil || entry.index != index { encode(item, index, into: entry) }
    QueueWire.append(
      .init(kind: entry.kind ?? .failure, index: index, byteCount: entry.bytes.byteCount),
      to: &pending)
    entry.bytes.withBytes { pending.append($0) }
    if entry.bytes.byteCount > Self.largestByteCount {
      entry.bytes = EncodeBuffer()
      entry.kind = nil
    }
  }

  private func encode(_ item: Item, _ index: UInt64, into entry: Entry) {
    entry.index = index
    do throws(SerializationError) {
      try item.encode(with: serializer, into: &entry.bytes)
      entry.kind = .item
    } catch {
      SerializationError(sending: error).encode(into: &entry.bytes)
      entry.kind = .failure
    }
  }
}
