// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// The items themselves, for customers in the same process: nothing is copied or encoded.
///
/// Also what a queue store encodes from, when a customer asks. Those customers are in other
/// processes, and what they write to the segment must not make this one read a slot that is being
/// replaced: with a queue, items go in with ``storeGuarded(_:at:)`` and out with
/// ``guardedItem(at:)``.
@safe
public final class ListStore<Item: TransportItem>: @unchecked Sendable {
  // Sendable: slot n is written by the producer only while every cursor is past the item it held,
  // and read only between the publication of its item (head, release/acquire) and that cursor;
  // readers that cannot prove it, the queue store's, meet the writer at `guardedEnd`.
  @usableFromInline let slots: UnsafeMutablePointer<Item?>
  @usableFromInline let mask: UInt64
  private let count: Int
  /// Index after the newest item stored under the guard.
  private let guardedEnd = Guarded<UInt64>(0)

  /// - Parameter slotCount: a power of two.
  init(slotCount: Int) {
    precondition(slotCount > 0 && slotCount & (slotCount - 1) == 0)
    unsafe slots = .allocate(capacity: slotCount)
    unsafe slots.initialize(repeating: nil, count: slotCount)
    mask = UInt64(slotCount - 1)
    count = slotCount
  }

  deinit {
    unsafe slots.deinitialize(count: count)
    unsafe slots.deallocate()
  }

  /// Keeps the item for `index`; the one it replaces is let go. Producer only, before publishing.
  @inlinable
  func store(_ item: Item, at index: UInt64) {
    unsafe slots[Int(truncatingIfNeeded: index & mask)] = item
  }

  /// The item of a published index that some cursor still holds.
  @inlinable
  func item(at index: UInt64) -> Item? {
    unsafe slots[Int(truncatingIfNeeded: index & mask)]
  }
}

extension ListStore {
  /// From now on every item is stored under the guard; those before `end` were not.
  func beginGuarding(end: UInt64) { guardedEnd.withLock { $0 = end } }

  /// As ``store(_:at:)``, while others may look at any index.
  func storeGuarded(_ item: Item, at index: UInt64) {
    let place = Int(truncatingIfNeeded: index & mask)
    // The old item is let go outside the lock: freeing megabytes is a system call.
    let replaced = guardedEnd.withLock { end in
      end = index &+ 1
      let replaced = unsafe slots[place]
      unsafe slots[place] = item
      return replaced
    }
    _ = consume replaced
  }

  /// The item of an index; nil when it was replaced, or never stored.
  func guardedItem(at index: UInt64) -> Item? {
    guardedEnd.withLock { end in
      let age = RingCounter.distance(from: index, to: end)
      guard age > 0, age <= Int64(count) else { return nil }
      return item(at: index)
    }
  }
}
