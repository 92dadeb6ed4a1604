// SPDX-License-Identifier: Apache-2.0
//
// Rings that drop the oldest item: the producer may move a customer's cursor. Each customer's line
// has a lease, and only its holder moves the cursor or relies on where it is.
//
//   customer                                     producer, when there is no room
//   lease: free -> customer     (C1)             lease: free -> producer        (P1)
//   cursor = its word           (C2)             cursor word += 1, dropped += 1 (P2)
//   nothing there: lease = free, wait            lease = free                   (P3)
//   read the item at the cursor (C3)             all cursors are past the slot:
//   ... as long as it likes ...                  write it anew, publish         (P4)
//   next: cursor word += 1, lease = free  (C4)
//
// What must not happen is P4 between C2 and C4 on the slot of C3. The slot of an item is written anew
// only after a look at every cursor's word that found it past the item. Between C1 and C4 nobody but
// the customer moves its word: P1 fails, for the lease is one word and both sides take it from `free`
// by compare-and-exchange. So the word was past the item already at C1; but C1 acquires what P3
// released, so C2 reads the moved word and the item of C3 is another one. The order P2, C2 with the
// old cursor is impossible for the same reason: P2 lies between P1 and P3, C2 after C1.
//
// The producer never waits: where P1 fails the oldest item is being borrowed, and the new one is
// dropped. The customer waits for the producer's few stores between P1 and P3 only; when the producer
// died there the customer takes the lease over, and the cursor is good whether or not it was moved.
// A customer that dies with its lease is evicted like any other, and a place made anew begins free.
//
// A customer that waits for an item holds no lease, and its copy of the cursor may be behind the word.
// It waits for "my copy is not the head", which is true whenever the word is not the head, as the word
// is never behind the copy: it may wake in vain, once for each time its cursor was moved, but never
// sleeps while there is an item. It looks for items by the head, never by a slot, which may be of
// another lap; the head is stored for every item in these rings.
internal import SharedMemory

extension Customer {
  /// As `select`, in a ring whose items can be taken away. When it says `.ready`, and while a queue
  /// customer's item is on its way, the lease is held.
  mutating func selectUnderLease(timeout: Timeout) throws(TransportError) -> Availability {
    // One deadline for all the waits below.
    let deadline = timeout.deadlineNanoseconds
    while true {
      guard try takeLease(.until(deadlineNanoseconds: deadline)) else { return .timedOut }
      let missing = isAsked ? nil : itemsMissing()
      guard let missing else { return try settleUnderLease(deadline) }
      returnLease()
      let found = try waitForMore(than: missing, deadline)
      if found != .ready { return found }
    }
  }

  /// Applies the strategy to what is there. Nil when the cursor is at the item to take; otherwise the
  /// head, beyond which more must come.
  private mutating func itemsMissing() -> UInt64? {
    // Acquire: pairs with the release in Producer.publish.
    let head = control.head.loadAcquire()
    let there = max(0, RingCounter.distance(from: cursor, to: head))
    switch configuration.strategy {
    case .all: return there > 0 ? nil : cursor
    case .latest:
      if there > 1 { pass(over: UInt64(there - 1)) }
      return there > 0 ? nil : cursor
    case .skip(let count):
      let step = min(UInt64(there), UInt64(count) - skipProgress)
      skipProgress += step
      if step > 0 { pass(over: step) }
      return UInt64(there) > step ? nil : cursor
    case .named:
      switch passOver() {
      case .take, .pass: return nil
      case .wait(let head): return head
      // The producer of a full ring makes room here.
      case .hopeless: return cursor &+ UInt64(control.layout.capacity)
      }
    }
  }

  /// Gets hold of the item at the cursor, which is published and cannot be taken away now.
  private mutating func settleUnderLease(_ deadline: Int64) throws(TransportError) -> Availability {
    var found = Availability.ready
    if let inbox {
      found = try fetch(inbox, .until(deadlineNanoseconds: deadline))
    } else if readsSlots, control.slots.sequence(cursor).loadAcquire() != cursor &+ 1 {
      throw .corruptSlot(cursor)
    }
    if found == .ready {
      isSelected = true
      skipProgress = 0
    }
    return found
  }

  /// As `next`, in a ring whose items can be taken away.
  @usableFromInline
  mutating func nextUnderLease() {
    // The producer holds it for a few stores at most, and a damaged one releases nothing.
    guard (try? takeLease(.never)) == true else { return }
    defer { returnLease() }
    if !isSelected {
      guard isReady() else { return }
      skipProgress = 0
    }
    releaseInbox()
    isSelected = false
    advance(by: 1)
  }
}

extension Customer {
  /// Looks at a lease that the producer holds, by those who do not wait: far more than its few stores
  /// take unless it lost its core, and a matter of microseconds.
  private static var looksWithoutWaiting: Int { 256 }

  /// Makes sure that nobody but this customer moves its cursor, and reads where that is.
  /// - Returns: false when the time ran out.
  private mutating func takeLease(_ timeout: Timeout) throws(TransportError) -> Bool {
    if holdsLease { return true }
    let lease = line.lease
    let take = {
      // Acquire: pairs with the release in Producer.returnLeases; the cursor read next is the last.
      lease.compareExchange(
        expected: CustomerLine.Lease.free.rawValue, desired: CustomerLine.Lease.customer.rawValue)
    }
    var isTaken = take()
    var looks = 0
    while !isTaken, looks < Self.looksWithoutWaiting {
      control.customersWait.holdOff()
      isTaken = take()
      looks += 1
    }
    if !isTaken {
      isTaken = control.customersWait.wait(
        configuration.wait, timeout: timeout,
        alive: { !control.producerIsGone && isLeasedByProducer },
        peers: { control.producerPeers }, until: take)
    }
    if !isTaken { isTaken = try takeLeaseOver() }
    guard isTaken else { return false }
    holdsLease = true
    cursor = line.cursor.loadAcquire()
    return true
  }

  private var isLeasedByProducer: Bool {
    let holder = line.lease.loadAcquire()
    return holder == CustomerLine.Lease.producer.rawValue
      || holder == CustomerLine.Lease.free.rawValue
  }

  /// Takes the lease of a producer that died with it; false when it only takes its time.
  private func takeLeaseOver() throws(TransportError) -> Bool {
    guard isLeasedByProducer else {
      throw TransportError(
        .corrupt, "the customer's lease is damaged; stop the producer and start it anew")
    }
    return control.producerIsGone
      && line.lease.compareExchange(
        expected: CustomerLine.Lease.producer.rawValue,
        desired: CustomerLine.Lease.customer.rawValue)
  }

  mutating func returnLease() {
    holdsLease = false
    // Release: pairs with the acquire in Producer.takeLeases; what was read stays read before the
    // slot is written anew.
    line.lease.storeRelease(CustomerLine.Lease.free.rawValue)
  }
}
