// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// What became of a batch of puts.
public struct BatchResult: Hashable, Sendable {
  /// Items that were published; the first so many of the batch.
  public let count: Int
  /// What became of the item after those, when it was not published; nil when all were.
  public let refusal: PutResult?

  @inlinable
  init(_ count: Int, _ refusal: PutResult?) {
    self.count = count
    self.refusal = refusal
  }
}

extension Producer {
  /// Fills and publishes items in place, one after the other, until `count` are or one finds no room.
  ///
  /// Waits for room for the first as ``put(byteCount:timeout:filling:)`` does, and for no other. Each
  /// item is visible as soon as it is filled. What a single put pays for every item is paid once:
  /// checks, the look for sleepers, and the copies of counters that fill the processor's store queue
  /// while small messages wait for their lines. After the Disruptor's `tryNext(n)` and Aeron's vectored
  /// offers.
  ///
  /// - Parameters:
  ///   - count: items to put, at least 1.
  ///   - byteCount: room to borrow for each; all of it counts towards the byte budget.
  ///   - body: gets the item's place in the batch, from 0, and returns how many bytes it wrote; when it
  ///     throws, its item is not published and those before are.
  /// - Throws: as ``put(byteCount:timeout:filling:)``, when nothing was published.
  /// - Precondition: `count` is at least 1.
  @inlinable @inline(__always)
  public mutating func putBatch<E: Error>(
    upTo count: Int, byteCount: Int, timeout: Timeout = .never,
    filling body: (Int, inout MutableRawSpan) throws(E) -> Int
  ) throws -> BatchResult {
    precondition(count >= 1)
    if items != nil { throw Self.needsItems() }
    guard !lines.isEmpty || hasReaders() else { return BatchResult(0, .noCustomers) }
    if let refused = try makeRoom(byteCount, timeout, payload: byteCount) {
      return BatchResult(0, refused)
    }
    guard byteCount <= RingLayout.inlineByteCount else {
      return try putOneByOne(upTo: count, byteCount: byteCount, body)
    }
    let first = head
    let end = first &+ UInt64(min(Int64(count), knownRoom(atLeast: count)))
    let (slots, headWord, lagMask) = (control.slots, control.head, headLagMask)
    let sealsEach = shared.arena.count > 0
    var index = first
    // Whatever is published by then is announced, also when the body throws.
    defer { announce(from: first, to: index) }
    while index != end {
      fetchAhead(of: index, byteCount)
      let place = Int(truncatingIfNeeded: index &- first)
      try slots.fillInline(index) { (room) throws(E) in try body(place, &room) }
      if sealsEach { shared.seal(index) }
      // Release: pairs with the acquire of the sequence in Customer.isReady.
      slots.sequence(index).storeRelease(index &+ 1)
      index &+= 1
      // As in publish(_:): pairs with the acquire of the head in Customer.isReady.
      if index & lagMask == 0 { headWord.storeRelease(index) }
    }
    let published = Int(truncatingIfNeeded: index &- first)
    return BatchResult(published, published < count ? .timedOut : nil)
  }

  /// Items that can be put after the first was given room, as far as a look at the customers tells.
  @inlinable @inline(__always)
  mutating func knownRoom(atLeast count: Int) -> Int64 {
    let room = RingCounter.distance(from: head, to: limit)
    if room >= Int64(count) { return room }
    return lookForMore()
  }

  @usableFromInline
  mutating func lookForMore() -> Int64 {
    // The byte budget granted the first alone, and is asked for each: its limit is the head.
    if ledger == nil { _ = refreshRoom(.least) }
    return max(1, RingCounter.distance(from: head, to: limit))
  }

  /// Larger items, whose copies take longer than the checks.
  @inlinable
  mutating func putOneByOne<E: Error>(
    upTo count: Int, byteCount: Int, _ body: (Int, inout MutableRawSpan) throws(E) -> Int
  ) throws -> BatchResult {
    for place in 0..<count {
      if place > 0, !hasRoomNow(byteCount) { return BatchResult(place, .timedOut) }
      try shared.write(head, byteCount: byteCount) { (room) throws(E) in try body(place, &room) }
      publish(byteCount)
    }
    return BatchResult(count, nil)
  }

  @usableFromInline
  mutating func hasRoomNow(_ byteCount: Int) -> Bool {
    let need = RoomNeed(footprint: SharedMemoryStore.footprint(byteCount), payload: byteCount)
    guard ledger == nil, reclaim == nil else { return false }
    return hasRoom(need)
  }

  /// Tells customers of items that are in their slots already.
  @inlinable @inline(__always)
  mutating func announce(from first: UInt64, to end: UInt64) {
    if first == end { return }
    head = end
    control.customersWait.notify()
  }
}
