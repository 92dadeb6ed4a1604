// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// Hysteresis of a full ring: once it filled up, room is made by several items at a time, so that a
/// blocked producer wakes for a batch and not for each. After REIP's `delete_rate` (reip-pipelines),
/// which waits for ever where a batch would be more than the ring holds.
///
///     items consumed before a full ring takes one again: min(size, floor((size + 1) / rate) + 1)
///
/// Only a ring that is full waits for a batch: one that has room takes items as any other. Whether a
/// put fills the ring is asked when it takes the last free slot.
struct Reclaim {
  private let size: UInt64
  private let batch: UInt64
  /// The head when the ring was last full, and how far the slowest customer must come then.
  private var full: (head: UInt64, resume: UInt64)?
  /// The slowest cursor at the last look.
  private var slowest: UInt64

  /// - Parameter rate: positive.
  init(rate: Int, size: Int, head: UInt64) {
    self.size = UInt64(size)
    batch = UInt64(Self.batch(rate: rate, size: size))
    slowest = head
  }

  /// Items to be consumed before a full ring of `size` takes one again. At most all of them: more will
  /// never be consumed.
  static func batch(rate: Int, size: Int) -> Int { min(size, (size + 1) / rate + 1) }

  /// How far the head may go with the slowest customer where it is now, and how far without another
  /// look: up to the last free slot. Nowhere while a batch is waited for.
  mutating func limits(head: UInt64, slowest now: UInt64) -> (end: UInt64, unseen: UInt64) {
    slowest = now
    if let (fullHead, resume) = full {
      // An item that could not be written after all did not fill the ring.
      if head == fullHead, RingCounter.isBefore(now, resume) { return (head, head) }
      full = nil
    }
    let end = now &+ size
    return (end, RingCounter.isBefore(head, end) ? end &- 1 : head)
  }

  /// Notes that the item at `head` may be put now.
  mutating func grant(_ head: UInt64) {
    if head &+ 1 == slowest &+ size { full = (head &+ 1, slowest &+ batch) }
  }
}
