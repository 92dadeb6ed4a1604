// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

extension Customer: Source {
  /// Waits until a get would deliver, moving the cursor to the item that the strategy selects. With
  /// a default value it does not wait for the producer.
  ///
  /// A queue customer that does not wait is told `.timedOut` until the item it asked for arrives.
  ///
  /// - Throws: `.producerGone` when the producer's process ended without ending the stream, after
  ///   the last published item.
  @inlinable @inline(__always)
  public mutating func waitForItem(timeout: Timeout) throws(TransportError) -> Availability {
    if isSelected { return .ready }
    // Only the slot says that its item is there: the head's line is the producer's alone while it
    // streams.
    if takesSlotsInOrder {
      if isReady() {
        ahead.fetch(from: cursor, of: control)
        isSelected = true
        return .ready
      }
      ahead.streak = 0
      if timeout != .now, poll() {
        isSelected = true
        return .ready
      }
    }
    return try select(timeout: timeout)
  }

  /// Polls the next slot for about as long as a hand-off between busy cores takes. Part of the caller:
  /// what is done between the poll that sees an item and its reading delays every answer.
  ///
  /// A customer that has caught up with a stream lets some messages gather first, or it would take the
  /// line of every message from under the producer's hands.
  @inlinable @inline(__always)
  mutating func poll() -> Bool {
    // One item since the last time: a conversation, whose answer is not kept waiting.
    if cursor &- lastWait > 1, tightSpins > 0 { control.customersWait.letGather() }
    lastWait = cursor
    // Acquire: pairs with the release in Producer.publish.
    return control.slots.sequence(cursor).pollAcquire(for: cursor &+ 1, looks: tightSpins)
  }

  /// Delivers a value that owns all it holds; see ``read(timeout:_:)`` to read in place.
  public mutating func get(timeout: Timeout) throws(TransportError) -> Delivery<Item> {
    switch try waitForItem(timeout: timeout) {
    case .timedOut: return defaultItem.map { .byDefault($0()) } ?? .timedOut
    case .ended:
      if isMutated(.defaultAfterTheEnd), let defaultItem { return .byDefault(defaultItem()) }
      return .ended
    case .ready: break
    }
    if let items {
      guard let item = items.item(at: cursor) else { throw .corruptSlot(cursor) }
      return .item(item)
    }
    let serializer = serializer
    return .item(
      try withEncodedItem { (bytes) throws(SerializationError) in
        try Item.decode(bytes, with: serializer)
      })
  }

  /// Releases the item at the cursor, delivered or not; does nothing at the end.
  @inlinable
  public mutating func next() {
    if !watchesSlots { return nextElsewhere() }
    if !isSelected {
      if !takesSlotsInOrder { catchUp() }
      guard isReady() else { return }
      skipProgress = 0
    }
    isSelected = false
    advance(by: 1)
  }

  /// As ``next()``, for lists, queues and rings whose items can be taken away.
  @inlinable
  mutating func nextElsewhere() {
    if takesLeases { return nextUnderLease() }
    if !isSelected {
      catchUp()
      guard isReady() else { return }
      skipProgress = 0
    }
    releaseInbox()
    isSelected = false
    advance(by: 1)
  }

  /// Whether the item at the cursor has been published.
  @inlinable @inline(__always)
  func isReady() -> Bool {
    // Acquire: pairs with the release in Producer.publish.
    if !watchesSlots { return RingCounter.isBefore(cursor, control.head.loadAcquire()) }
    let sequence = control.slots.sequence(cursor).loadAcquire()
    if isMutated(.slotOfAnotherLap), sequence > 0 {
      return (sequence &- cursor &- 1) % UInt64(control.layout.slotCount) == 0
    }
    return sequence == cursor &+ 1
  }

  @inlinable @inline(__always)
  mutating func advance(by count: UInt64) {
    cursor &+= count
    if isMutated(.counters32) { cursor &= UInt64(UInt32.max) }
    if isMutated(.nextTwiceAtTheWrap), cursor % UInt64(control.layout.slotCount) == 0 {
      cursor &+= 1
    }
    // Release: pairs with the acquire in Producer.slowestCursor.
    line.cursor.storeRelease(cursor)
    control.producerWait.notify()
  }

  @usableFromInline
  mutating func releaseInbox() {
    isAsked = false
    inbox?.release()
  }
}

extension Customer {
  /// Lends the bytes of the item at the cursor, as the serializer wrote them.
  @inlinable @inline(__always)
  func withEncodedItem<R>(
    _ body: (RawSpan) throws(SerializationError) -> R
  ) throws(TransportError) -> R {
    let fetched = readsSlots ? nil : try fetchedItem()
    do throws(SerializationError) {
      if let result = try control.readPayload(cursor, elsewhere: fetched, body) { return result }
    } catch {
      throw TransportError(error)
    }
    throw .corruptSlot(cursor)
  }

  @usableFromInline
  func fetchedItem() throws(TransportError) -> SharedBytes {
    guard let inbox else {
      throw TransportError(.unsupported, "a list customer gets items, not bytes; use get")
    }
    return try inbox.item()
  }

  /// Reads the item's encoded bytes in place.
  ///
  /// - Parameter body: gets the bytes in the store itself; they are valid until it returns.
  /// - Throws: as ``waitForItem(timeout:)``; `.unsupported` for a list store.
  @inlinable @inline(__always)
  public mutating func readBytes<R>(
    timeout: Timeout = .never, _ body: (RawSpan) throws(SerializationError) -> R
  ) throws(TransportError) -> Delivery<R> {
    switch try waitForItem(timeout: timeout) {
    case .timedOut: return .timedOut
    case .ended: return .ended
    case .ready: return .item(try withEncodedItem(body))
    }
  }
}

extension Customer where Item == Frame {
  /// Reads a frame in place: its header, and its payload where the store holds it.
  ///
  /// The payload is copied first only by serializers without the capability `viewDecoding`.
  @inlinable
  public mutating func read<R>(
    timeout: Timeout = .never,
    _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(TransportError) -> Delivery<R> {
    switch try waitForItem(timeout: timeout) {
    case .timedOut: return .timedOut
    case .ended: return .ended
    case .ready: break
    }
    if let items {
      guard let frame = items.item(at: cursor) else { throw .corruptSlot(cursor) }
      do throws(SerializationError) {
        return .item(
          try frame.withPayload { (payload) throws(SerializationError) in
            try body(frame.header, payload)
          })
      } catch {
        throw TransportError(error)
      }
    }
    let serializer = serializer
    return .item(
      try withEncodedItem { (bytes) throws(SerializationError) in
        try serializer.withView(of: bytes, body)
      })
  }
}
