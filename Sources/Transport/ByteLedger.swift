// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// What a room for an item must offer.
@usableFromInline
struct RoomNeed: Sendable {
  /// Bytes of the arena.
  let footprint: Int
  /// Bytes of the producer's budget.
  let payload: Int

  @usableFromInline
  init(footprint: Int, payload: Int) {
    self.footprint = footprint
    self.payload = payload
  }

  /// The smallest item that there is.
  static let least = RoomNeed(footprint: 0, payload: 1)
}

/// Who used how much of a producer's byte budget: the payload bytes of items put and not yet released
/// by the slowest customer.
///
/// A byte is granted before its item is written, and counts once the head has passed the item: an item
/// that could not be written leaves no trace.
@usableFromInline
final class ByteLedger {
  let budget: Int
  /// Bytes put since the beginning, up to and with each slot's item.
  private let ends: SlotTable
  /// Bytes put, and given back, since the beginning.
  private var put: UInt64 = 0
  private var returned: UInt64 = 0
  /// Items below this index were given back.
  private var released: UInt64
  /// The item that was granted bytes last, until it is known what became of it.
  private var pending: (index: UInt64, byteCount: Int)?

  init(budget: Int, layout: RingLayout, head: UInt64) {
    self.budget = budget
    ends = SlotTable(layout: layout)
    released = head
  }

  /// Books the last grant, now that the head says whether its item was published.
  func settle(head: UInt64) {
    guard let (index, byteCount) = pending else { return }
    pending = nil
    guard head == index &+ 1 else { return }
    put &+= UInt64(byteCount)
    ends[index] = put
  }

  /// Gives back the bytes of all items below `slowest`. Settled before.
  func release(below slowest: UInt64) {
    guard RingCounter.isBefore(released, slowest) else { return }
    released = slowest
    returned = ends[slowest &- 1]
  }

  func fits(_ byteCount: Int) -> Bool {
    // What is in use never exceeds the budget, so this cannot overflow.
    isMutated(.budgetForgotten) || byteCount <= budget - Int(truncatingIfNeeded: put &- returned)
  }

  func grant(_ byteCount: Int, to index: UInt64) { pending = (index, byteCount) }
}
