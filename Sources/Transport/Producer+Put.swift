// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

extension Producer: Sink {
  public var isFull: Bool {
    mutating get { !hasRoom(.least) }
  }

  /// Waits until an item of one byte could be put, or a larger one that fits the byte budget and needs
  /// no arena: up to 112 bytes in shared memory.
  /// - Throws: `.ended` after ``end()``: there will never be room.
  public mutating func waitForRoom(timeout: Timeout) throws(TransportError) -> Bool {
    if hasRoom(.least) { return true }
    if control.isEnded { throw Self.hasEnded() }
    return waitForRoom(.least, timeout: timeout)
  }

  /// Puts a snapshot of the item.
  ///
  /// - Parameter timeout: how long to wait for room when the backpressure is to block.
  /// - Throws: `.tooLarge` for an item that can never fit the arena or the byte budget, `.full` when the backpressure is to
  ///   fail, `.ended` after ``end()``, `.serialization` when the shared-memory store's serializer
  ///   refuses it. The item is not published then.
  @inlinable
  public mutating func put(_ item: Item, timeout: Timeout) throws(TransportError) -> PutResult {
    guard !lines.isEmpty || hasReaders() else { return .noCustomers }
    var byteCount = 0
    if let serializer = sharedSerializer {
      // Only encoding tells some sizes; those items go through the scratch buffer.
      let exact = item.encodedByteCount(with: serializer)
      if exact == nil { try encodeToScratch(item, serializer) }
      byteCount = exact ?? scratch.byteCount
      if let refused = try makeRoom(byteCount, timeout, payload: item.payloadByteCount) {
        return refused
      }
      try writeShared(item, exact, serializer)
    } else if let refused = try makeRoom(0, timeout, payload: item.payloadByteCount) {
      return refused
    }
    if usesQueue { keepGuarded(item) } else { items?.store(item, at: head) }
    publish(byteCount)
    return .published
  }

  @inlinable
  public mutating func putNowait(_ item: Item) throws(TransportError) -> PutResult {
    let result = try put(item, timeout: .now)
    guard result == .timedOut else { return result }
    countDrop()
    return .dropped
  }

  /// Puts a copy of plain bytes, for customers that read bytes from shared memory.
  ///
  /// - Throws: as ``put(_:timeout:)``; `.unsupported` when a customer needs items.
  @inlinable
  public mutating func put(
    bytes: RawSpan, timeout: Timeout = .never
  ) throws(TransportError) -> PutResult {
    if items != nil { throw Self.needsItems() }
    guard !lines.isEmpty || hasReaders() else { return .noCustomers }
    let byteCount = bytes.byteCount
    if let refused = try makeRoom(byteCount, timeout, payload: byteCount) { return refused }
    shared.copy(head, bytes)
    publish(byteCount)
    return .published
  }

  /// Borrows room in shared memory, lets `body` fill it in place and publishes it: no copy at all.
  ///
  /// - Parameters:
  ///   - byteCount: room to borrow; all of it counts towards the byte budget.
  ///   - body: returns how many bytes it wrote; when it throws, nothing is published.
  @inlinable
  public mutating func put<E: Error>(
    byteCount: Int, timeout: Timeout = .never,
    filling body: (inout MutableRawSpan) throws(E) -> Int
  ) throws -> PutResult {
    if items != nil { throw Self.needsItems() }
    guard !lines.isEmpty || hasReaders() else { return .noCustomers }
    if let refused = try makeRoom(byteCount, timeout, payload: byteCount) { return refused }
    try shared.write(head, byteCount: byteCount, body)
    publish(byteCount)
    return .published
  }

  @usableFromInline
  static func needsItems() -> TransportError {
    TransportError(
      .unsupported, "a list or queue customer needs items, not bytes; put a Frame instead")
  }
}

extension Producer {
  /// Makes the item at the head visible, wakes and answers whoever waits for it, and prepares for one of
  /// as many bytes.
  @inlinable @inline(__always)
  mutating func publish(_ byteCount: Int) {
    shared.publish(head)
    shared.seal(head)
    head &+= 1
    // Not for every item when only slots are read: each store counts in a small message.
    // Release: pairs with the acquire of the head in Customer.isReady (list and queue stores).
    if head & headLagMask == 0 { control.head.storeRelease(head) }
    control.customersWait.notify()
    if usesQueue { answer() }
    prepareNext(byteCount)
  }

  @usableFromInline
  func answer() { queue?.serve() }

  @usableFromInline
  func keepGuarded(_ item: Item) { items?.storeGuarded(item, at: head) }

  /// Encodes into the scratch buffer, for items whose size only that tells.
  @inlinable
  mutating func encodeToScratch(
    _ item: Item, _ serializer: any Serializer
  ) throws(TransportError) {
    do throws(SerializationError) {
      try item.encode(with: serializer, into: &scratch)
    } catch {
      throw TransportError(error)
    }
  }

  @inlinable
  mutating func writeShared(
    _ item: Item, _ byteCount: Int?, _ serializer: any Serializer
  ) throws(TransportError) {
    guard let byteCount else {
      scratch.withBytes { shared.copy(head, $0) }
      return
    }
    do throws(SerializationError) {
      try shared.write(head, byteCount: byteCount) { (span) throws(SerializationError) in
        try item.encode(with: serializer, into: &span)
      }
    } catch {
      throw TransportError(error)
    }
  }
}
