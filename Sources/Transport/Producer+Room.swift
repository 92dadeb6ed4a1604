// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension Producer {
  /// Nil when the item can be written now; otherwise what to tell the caller.
  ///
  /// - Parameter payload: what the item takes of the byte budget; asked for only where there is one.
  @inlinable
  mutating func makeRoom(
    _ byteCount: Int, _ timeout: Timeout, payload: @autoclosure () -> Int
  ) throws(TransportError) -> PutResult? {
    let footprint = SharedMemoryStore.footprint(byteCount)
    if RingCounter.isBefore(head, limit), shared.fits(footprint) { return nil }
    let need = RoomNeed(footprint: footprint, payload: ledger == nil ? 0 : payload())
    return try makeRoomSlowly(byteCount, need, timeout)
  }

  /// Done while the item just published is on its way: fetches the slot of one to come, and looks for
  /// room before it is needed.
  @inlinable @inline(__always)
  mutating func prepareNext(_ byteCount: Int) {
    fetchAhead(of: head, byteCount)
    if limit &- head == nextLook { lookAhead() }
  }

  /// Fetches the slot of an item to come after `index`, if it is known to be free: a store that waits
  /// for its line holds up all later ones.
  @inlinable @inline(__always)
  func fetchAhead(of index: UInt64, _ byteCount: Int) {
    let ahead = index &+ Self.fetchDistance
    if RingCounter.isBefore(ahead, limit) {
      control.slots.prefetchToWrite(ahead, byteCount: byteCount)
    }
  }

  /// About as many small messages as are written while a line comes from another core.
  @inlinable static var fetchDistance: UInt64 { 12 }

  @usableFromInline
  mutating func makeRoomSlowly(
    _ byteCount: Int, _ need: RoomNeed, _ timeout: Timeout
  ) throws(TransportError) -> PutResult? {
    if control.isEnded, !isMutated(.putAfterEnd) { throw Self.hasEnded() }
    try settleLoan()
    let room = control.layout.arenaByteCount
    // Unsigned: the footprint of an impossible size may have wrapped.
    guard UInt(bitPattern: need.footprint) <= UInt(bitPattern: room) else {
      throw .tooLarge(byteCount, room: room)
    }
    if let ledger, need.payload > ledger.budget {
      throw .overBudget(need.payload, budget: ledger.budget)
    }
    if needsServer { try spawn() }
    let refused = try lookForRoom(need, timeout)
    if refused == nil {
      ledger?.grant(need.payload, to: head)
      reclaim?.grant(head)
    }
    return refused
  }

  private mutating func lookForRoom(
    _ need: RoomNeed, _ timeout: Timeout
  ) throws(TransportError) -> PutResult? {
    if hasKnownRoom(need) || refreshRoom(need) { return nil }
    if configuration.backpressure == .block, waitForRoom(need, timeout: timeout) { return nil }
    // A dead customer must not hold up those who do not wait, either.
    if lookForTheDead(), refreshRoom(need) { return nil }
    switch configuration.backpressure {
    case .block: return .timedOut
    case .dropOldest:
      if takeOldest(for: need) { return nil }
      countDrop()
      return .dropped
    case .dropNewest:
      countDrop()
      return .dropped
    case .fail:
      throw TransportError(
        .full,
        "the ring of \(configuration.capacity) items has no room; put later or let it block")
    }
  }

  static func hasEnded() -> TransportError {
    TransportError(.ended, "the stream was ended; make a new producer to go on")
  }

  /// Time between two looks for dead customers by puts that do not wait: a look costs a system call
  /// or three per customer.
  private static var lookIntervalNanoseconds: Int64 { 50_000_000 }

  /// Gives up customers whose process is gone; false when the last look was a moment ago.
  private mutating func lookForTheDead() -> Bool {
    let now = MonotonicTime.nanoseconds()
    guard lastLook == .min || now - lastLook >= Self.lookIntervalNanoseconds else { return false }
    lastLook = now
    control.evictTheDead()
    return true
  }

  /// Whether an item can be written now.
  mutating func hasRoom(_ need: RoomNeed) -> Bool {
    (RingCounter.isBefore(head, limit) && shared.fits(need.footprint)) || hasKnownRoom(need)
      || refreshRoom(need)
  }

  /// Looks at the customers' cursors: each look fetches lines that they write.
  @inline(never)
  mutating func refreshRoom(_ need: RoomNeed) -> Bool {
    if control.isEnded, !isMutated(.putAfterEnd) { return false }
    if isPublished { meetNewcomers() }
    let slowest = slowestCursor()
    // The segment's capacity, which its slots were made for, not what a handover claims.
    var end = slowest &+ UInt64(control.layout.capacity)
    if isMutated(.overfullRing) { end &+= 1 }
    if isMutated(.shortRing) { end &-= 1 }
    limit = end
    if let limits = reclaim?.limits(head: head, slowest: slowest) {
      (end, limit) = limits
    }
    shared.release(below: slowest)
    if let ledger {
      ledger.settle(head: head)
      ledger.release(below: slowest)
      // Every put asks the ledger: none may find room by the limit alone.
      (knownLimit, limit) = (limit, head)
      guard ledger.fits(need.payload) else { return false }
    }
    // While a loan is out nothing else is put: its record has the limit that holds afterwards.
    if loanRecord != nil {
      loanRecord?.limit = limit
      limit = head
    }
    // The first put must come by the slow way: that is where the queue's server is started.
    if needsServer { limit = head }
    nextLook = looksAhead ? UInt64(control.layout.capacity / Self.fetchShare) : Self.neverLooks
    return RingCounter.isBefore(head, end) && shared.fits(need.footprint)
  }

  /// The last quarter of the known room sees the customers' cursors fetched, and the last eighth sees
  /// them read. A customer that keeps up has released nearly all by then; one that does not leaves less
  /// room than that at each look, and none comes early.
  private static var fetchShare: Int { 4 }
  private static var lookShare: Int { 8 }

  /// Whether an early look does as a late one. A ring of a few items has no room to be early in.
  private var looksAhead: Bool {
    ledger == nil && reclaim == nil && loanRecord == nil && !needsServer
      && control.layout.capacity >= Self.lookShare
  }

  /// The two steps of an early look: a cursor that another core has just written takes as long to come
  /// as a whole message takes, and it should come while others are written.
  @usableFromInline @inline(never)
  mutating func lookAhead() {
    let last = UInt64(control.layout.capacity / Self.lookShare)
    if nextLook > last {
      nextLook = last
      for line in lines { line.prefetchCursor() }
    } else if looksAhead {
      _ = refreshRoom(.least)
    }
  }

  /// As the fast path of `makeRoom`, where there is a byte budget; false without one.
  private func hasKnownRoom(_ need: RoomNeed) -> Bool {
    guard let ledger else { return false }
    ledger.settle(head: head)
    return RingCounter.isBefore(head, knownLimit) && ledger.fits(need.payload)
      && shared.fits(need.footprint)
  }

  @usableFromInline
  mutating func waitForRoom(_ need: RoomNeed, timeout: Timeout) -> Bool {
    let control = control
    // A customer that waits for a damaged slot learns from the head that it was passed by.
    control.head.storeRelease(head)
    return control.producerWait.wait(
      configuration.wait, timeout: timeout, patient: true,
      alive: {
        control.evictTheDead()
        return true
      }, peers: { control.customerPeers }, until: { refreshRoom(need) })
  }

  @usableFromInline
  mutating func countDrop() {
    if isMutated(.dropUncounted) { return }
    control.dropped.storeRelaxed(control.dropped.loadRelaxed() &+ 1)
  }
}
