// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

extension Producer {
  /// Takes the oldest items away, one by one, until there is room; false when one of them is being
  /// borrowed. Never waits. The protocol is drawn in Customer+Lease.swift.
  mutating func takeOldest(for need: RoomNeed) -> Bool {
    // Customers may sleep that wait for a lease, or whose cursor was moved.
    defer { control.customersWait.notify() }
    var oldest = slowestCursor()
    while isUnread(oldest), takeLeases(at: oldest) {
      if pass(over: oldest) { countDrop() }
      if refreshRoom(need) { return true }
      oldest = slowestCursor()
    }
    return refreshRoom(need)
  }

  /// Whether the ring holds the item; false for what a damaged cursor may say.
  private func isUnread(_ index: UInt64) -> Bool {
    (1...Int64(control.layout.capacity)).contains(RingCounter.distance(from: index, to: head))
  }

  /// Takes the leases of all customers that are at the item, or none of them: an item that one of
  /// them borrows is not taken from the others in vain.
  private func takeLeases(at oldest: UInt64) -> Bool {
    for line in lines where line.holdsItems && line.cursor.loadAcquire() == oldest {
      // Acquire: pairs with the release in Customer.returnLease.
      guard
        line.lease.compareExchange(
          expected: CustomerLine.Lease.free.rawValue, desired: CustomerLine.Lease.producer.rawValue)
          || isMutated(.leaseIgnored)
      else {
        returnLeases()
        return false
      }
    }
    return true
  }

  /// Moves the customers on whose leases were taken and that are still at the item.
  /// - Returns: whether there was one.
  private func pass(over oldest: UInt64) -> Bool {
    var isTaken = false
    for line in lines
    where line.lease.loadRelaxed() == CustomerLine.Lease.producer.rawValue
      || isMutated(.leaseIgnored)
    {
      guard line.cursor.loadAcquire() == oldest else { continue }
      line.dropped.storeRelaxed(line.dropped.loadRelaxed() &+ 1)
      // Release: pairs with the acquire in Customer.count; others read it under the lease.
      line.cursor.storeRelease(oldest &+ 1)
      isTaken = true
    }
    returnLeases()
    return isTaken
  }

  private func returnLeases() {
    for line in lines where line.lease.loadRelaxed() == CustomerLine.Lease.producer.rawValue {
      // Release: pairs with the acquire in Customer.takeLease.
      line.lease.storeRelease(CustomerLine.Lease.free.rawValue)
    }
  }
}
