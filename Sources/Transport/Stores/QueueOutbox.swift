// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// The producer's end of one queue customer's channel: what it asked for and what is on the way.
struct QueueOutbox<Item: TransportItem>: ~Copyable {
  /// The customer's place in the ring's table.
  let place: Int
  let line: CustomerLine
  let channel: ByteChannel
  let encodings: SharedEncodings<Item>
  private var serializer: any Serializer { encodings.serializer }
  private var pending = ByteBuffer()
  private var scratch = EncodeBuffer()
  private var nextIndex: UInt64
  private var rungAtEnd = false
  /// The channel was full at the last attempt: wait until it can be written.
  private(set) var isBlocked = false
  private(set) var isClosed = false

  /// Small items are gathered up to this size before the kernel is called.
  private static var gatherByteCount: Int { 65536 }

  init(
    place: Int, line: CustomerLine, channel: consuming ByteChannel,
    encodings: SharedEncodings<Item>
  ) {
    self.place = place
    self.line = line
    self.channel = channel
    self.encodings = encodings
    nextIndex = line.cursor.loadAcquire()
  }

  deinit { encodings.removeUser() }

  /// Whether the customer left, died or closed its end: nothing more will be sent. A place that is
  /// free is being made ready for its customer.
  var isOver: Bool {
    // Acquire: pairs with the release in Producer.makeSource.
    isClosed || line.state.loadAcquire() == CustomerLine.State.detached.rawValue
  }

  /// Whether the customer asked for a published item that was not sent yet, and there may be room
  /// to send it.
  func hasWork(head: UInt64, ended: Bool) -> Bool {
    if isBlocked || isOver { return false }
    // Acquire: pairs with the release in QueueInbox.request.
    let end = RingCounter.earlier(line.requestEnd.loadAcquire(), head)
    let start = RingCounter.later(nextIndex, line.requestStart.loadAcquire())
    return RingCounter.isBefore(start, end) || (ended && !rungAtEnd)
  }

  /// Encodes and sends what was asked for, until done or the channel is full.
  mutating func pump(items: ListStore<Item>, head: UInt64, ended: Bool) {
    guard flush() else { return }
    let end = RingCounter.earlier(line.requestEnd.loadAcquire(), head)
    nextIndex = RingCounter.later(nextIndex, line.requestStart.loadAcquire())
    // What was asked for ahead may have been taken away. Acquire: pairs with the release in
    // Customer.advance, or is the putting thread's own store.
    nextIndex = RingCounter.later(nextIndex, line.cursor.loadAcquire())
    while RingCounter.isBefore(nextIndex, end) {
      let isRepeated = isMutated(.queueRepeatsAnItem) && nextIndex & 15 == 15
      encode(items.guardedItem(at: nextIndex &- (isRepeated ? 1 : 0)), index: nextIndex)
      nextIndex &+= 1
      if pending.count >= Self.gatherByteCount, !flush() { return }
    }
    if ended, !rungAtEnd {
      QueueWire.append(.init(kind: .bell, index: head, byteCount: 0), to: &pending)
      rungAtEnd = true
    }
    _ = flush()
  }

  /// Sends what is pending; true when all of it went.
  private mutating func flush() -> Bool {
    while !pending.isEmpty {
      switch channel.send(from: &pending) {
      case .moved: continue
      case .wouldBlock:
        isBlocked = true
        if isMutated(.queueLosesWhenFull) { pending.consume(pending.count) }
        return false
      case .closed:
        isClosed = true
        isBlocked = false
        return false
      }
    }
    isBlocked = false
    return true
  }

  /// Encodes straight into what is sent; leaves nothing behind when that fails.
  private mutating func appendInPlace(
    _ item: Item, index: UInt64, byteCount: Int
  ) throws(SerializationError) {
    QueueWire.append(.init(kind: .item, index: index, byteCount: byteCount), to: &pending)
    let before = pending.count
    let serializer = self.serializer
    do {
      try pending.append(upTo: byteCount) { (span) throws(SerializationError) in
        try item.encode(with: serializer, into: &span)
      }
    } catch {
      pending.removeLast(QueueWire.headerByteCount)
      throw error
    }
    let written = pending.count - before
    pending.overwrite(UInt64(written), at: before - 8)
  }

  private mutating func encode(_ item: Item?, index: UInt64) {
    // Nil when the customer went past what it had asked for, and the slot was used again.
    guard let item else { return }
    let byteCount = item.encodedByteCount(with: serializer)
    if encodings.keeps(byteCount) {
      return encodings.append(item, index: index, to: &pending)
    }
    do {
      if let byteCount {
        try appendInPlace(item, index: index, byteCount: byteCount)
      } else {
        try item.encode(with: serializer, into: &scratch)
        QueueWire.append(
          .init(kind: .item, index: index, byteCount: scratch.byteCount), to: &pending)
        scratch.withBytes { pending.append($0) }
      }
    } catch {
      if isMutated(.queueSkipsAfterFailure) { nextIndex &+= 1 }
      SerializationError(sending: error).encode(into: &scratch)
      QueueWire.append(
        .init(kind: .failure, index: index, byteCount: scratch.byteCount), to: &pending)
      scratch.withBytes { pending.append($0) }
    }
  }
}
