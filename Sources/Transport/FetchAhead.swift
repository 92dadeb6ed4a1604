// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// Fetches slots of items to come, once a streak says that the producer is well ahead: then the next
/// lines are on their way while an item is worked on, however long that takes.
@frozen
@usableFromInline
struct FetchAhead {
  /// Items below this index are known to be published, and may be fetched.
  @usableFromInline var knownHead: UInt64
  /// Items in a row that were there at the first look.
  @usableFromInline var streak: UInt32 = 0

  @inlinable static var distance: UInt64 { 8 }
  @inlinable static var shortestStreak: UInt32 { 8 }

  @inlinable
  init(knownHead: UInt64) { self.knownHead = knownHead }

  /// Called at an item that was there at the first look.
  @inlinable @inline(__always)
  mutating func fetch(from cursor: UInt64, of control: RingControl) {
    streak &+= 1
    let ahead = cursor &+ Self.distance
    if RingCounter.isBefore(ahead, knownHead) {
      control.slots.prefetch(ahead)
    } else if streak >= Self.shortestStreak {
      streak = 0
      // Acquire: pairs with the release in Producer.publish.
      knownHead = control.head.loadAcquire()
    }
  }
}
