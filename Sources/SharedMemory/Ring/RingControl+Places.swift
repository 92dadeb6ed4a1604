// SPDX-License-Identifier: Apache-2.0
//
// Who may take a customer's place. A place is owned by whoever holds its liveness lock, which the
// kernel gives to one and takes back from the dead; its state says what the place is used for.
//
//   free, detached  whoever gets the lock owns the place: the producer's thread, which promises it
//                   to a ticket (reserved; free while it is made ready), or a newcomer that
//                   attaches by name (attached)
//   reserved        kept for the customer with the ticket, which takes the lock, then attaches
//   handedOver      as reserved, for another process: kept while somebody holds the promise, a lock
//                   that is inherited; without it the customer will never come
//   attached        the customer holds the lock; without it the customer is dead, and whoever gets
//                   the lock may evict it
//
// The state of a place whose lock one holds is changed by nobody else, so finding a place free and
// taking it cannot be torn apart by another newcomer, by makeSource, or by an eviction that began
// before the place was taken.

/// A customer's place that this process alone may use, as long as it keeps the lock.
public struct RingPlace: ~Copyable {
  public let index: Int
  public let lock: LivenessLock

  /// Gives the lock to the customer.
  public consuming func takeLock() -> LivenessLock { lock }
}

extension RingControl {
  /// Places that may be anybody's.
  public var placesInUse: Int {
    min(Int(placesMade.loadAcquire()), layout.customerLimit)
  }

  /// Says that the place `index` may be somebody's from now on.
  public func notePlace(_ index: Int) {
    while true {
      let made = placesMade.loadAcquire()
      if Int(made) > index { return }
      // Pairs with the acquire in placesInUse.
      if placesMade.compareExchange(expected: made, desired: UInt32(index) + 1) { return }
    }
  }

  /// Takes a place that nobody has: one that was never used, else one whose customer left or died.
  /// - Returns: nil when all are taken.
  public func takePlace() throws(SharedMemoryError) -> RingPlace? {
    let used = placesInUse
    for index in used..<layout.customerLimit {
      if let place = try takePlace(index) { return place }
    }
    for index in 0..<used {
      if let place = try takePlace(index) { return place }
    }
    return nil
  }

  private func takePlace(_ index: Int) throws(SharedMemoryError) -> RingPlace? {
    let line = customer(index)
    guard !line.holdsItems || mayBeDead(index),
      let lock = try LivenessLock.ifFree(segment: segment, party: index + 1)
    else { return nil }
    evict(index)
    guard !line.holdsItems else { return nil }
    return RingPlace(index: index, lock: lock)
  }

  /// Gives up customers whose process is gone, so that they hold nothing back.
  public func evictTheDead() {
    if isMutated(.deadCustomerUnnoticed) { return }
    for index in 0..<placesInUse {
      // The lock is asked for only where a customer should hold it, and kept while the place
      // changes hands. What cannot be asked now is asked again at the next look.
      guard mayBeDead(index),
        let lock = try? LivenessLock.ifFree(segment: segment, party: index + 1)
      else { continue }
      evict(index)
      _ = consume lock
    }
  }

  /// Whether a customer is dead if its lock is free: one that attached, and one that was to attach in
  /// another process when its promise is gone.
  private func mayBeDead(_ index: Int) -> Bool {
    switch CustomerLine.State(rawValue: customer(index).state.loadAcquire()) {
    case .attached: true
    case .handedOver: promiseIsGone(ofCustomer: index)
    default: false
    }
  }

  /// Gives up a customer that may be dead and whose lock the caller holds.
  private func evict(_ index: Int) {
    let line = customer(index)
    let state = line.state.loadAcquire()
    // An exchange: a customer that was promised the place may have left meanwhile.
    if mayBeDead(index),
      line.state.compareExchange(expected: state, desired: CustomerLine.State.detached.rawValue)
    {
      evicted.add(1)
    }
  }
}
