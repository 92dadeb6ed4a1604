// SPDX-License-Identifier: Apache-2.0

/// The items themselves, for customers in the same process: nothing is copied or encoded.
///
/// Also what a queue store encodes from, when a customer asks.
@safe
public final class ListStore<Item: TransportItem>: @unchecked Sendable {
  // Sendable: slot n is written by the producer only while every cursor is past the item it held,
  // and read only between the publication of its item (head, release/acquire) and that cursor.
  @usableFromInline let slots: UnsafeMutablePointer<Item?>
  @usableFromInline let mask: UInt64
  private let count: Int

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
