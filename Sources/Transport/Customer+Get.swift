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
  @inlinable
  public mutating func waitForItem(timeout: Timeout) throws(TransportError) -> Availability {
    if isSelected { return .ready }
    if takesSlotsInOrder, RingCounter.isBefore(cursor, knownHead) || findsSlot(timeout) {
      isSelected = true
      return .ready
    }
    return try select(timeout: timeout)
  }

  /// Polls the next slot for about as long as a hand-off between busy cores takes.
  ///
  /// A slot that was there at once means that the producer is ahead: then the head tells how far,
  /// and the slots up to it can be fetched before they are needed.
  @inlinable @inline(__always)
  mutating func findsSlot(_ timeout: Timeout) -> Bool {
    if isReady() {
      // Acquire: pairs with the release in Producer.publish.
      knownHead = control.head.loadAcquire()
      return true
    }
    if timeout == .now { return false }
    for _ in 0..<tightSpins where isReady() { return true }
    return false
  }

  /// Delivers a value that owns all it holds; see ``read(timeout:_:)`` to read in place.
  public mutating func get(timeout: Timeout) throws(TransportError) -> Delivery<Item> {
    switch try waitForItem(timeout: timeout) {
    case .timedOut: return defaultItem.map { .byDefault($0()) } ?? .timedOut
    case .ended: return .ended
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
    if !isSelected {
      guard isReady() else { return }
      skipProgress = 0
    }
    if !readsSlots { releaseInbox() }
    isSelected = false
    advance(by: 1)
    let ahead = cursor &+ Self.prefetchDistance
    if RingCounter.isBefore(ahead, knownHead) { control.slots.prefetch(ahead) }
  }

  /// Slots fetched ahead of the cursor: enough to cover a transfer between cores, few enough to
  /// stay in the nearest cache.
  @inlinable static var prefetchDistance: UInt64 { 4 }

  /// Whether the item at the cursor has been published.
  @inlinable @inline(__always)
  func isReady() -> Bool {
    // Acquire: pairs with the release in Producer.publish.
    readsSlots
      ? control.slots.sequence(cursor).loadAcquire() == cursor &+ 1
      : RingCounter.isBefore(cursor, control.head.loadAcquire())
  }

  @inlinable @inline(__always)
  mutating func advance(by count: UInt64) {
    cursor &+= count
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
    if !readsSlots { return try withFetchedItem(body) }
    do throws(SerializationError) {
      switch control.slots.content(cursor) {
      case .inline(let byteCount):
        return try control.slots.readInline(cursor, byteCount: byteCount, body)
      case .arena(let offset, let byteCount):
        if control.arena.contains(offset: offset, count: byteCount) {
          prefetchAfter(offset, byteCount)
          return try control.arena.read(
            offset: Int(truncatingIfNeeded: offset), count: Int(truncatingIfNeeded: byteCount), body
          )
        }
      case .corrupt: break
      }
    } catch {
      throw TransportError(error)
    }
    throw .corruptSlot(cursor)
  }

  /// Small payloads follow one another in the arena: fetches the beginning of a later one.
  @inlinable @inline(__always)
  func prefetchAfter(_ offset: UInt64, _ byteCount: UInt64) {
    if byteCount <= 512, RingCounter.isBefore(cursor &+ Self.prefetchDistance, knownHead) {
      let footprint = (byteCount &+ 63) & ~63
      control.arena.prefetch(offset &+ Self.prefetchDistance &* footprint)
    }
  }

  @usableFromInline
  func withFetchedItem<R>(
    _ body: (RawSpan) throws(SerializationError) -> R
  ) throws(TransportError) -> R {
    guard let inbox else {
      throw TransportError(.unsupported, "a list customer gets items, not bytes; use get")
    }
    return try inbox.withItem(body)
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
