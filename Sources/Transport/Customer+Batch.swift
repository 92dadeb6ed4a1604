// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

extension Customer {
  /// Reads the encoded bytes of published items in place and releases them, one after the other,
  /// until `limit` are read or the next is not there yet.
  ///
  /// Waits for the first item as ``waitForItem(timeout:)`` does, and for no other. What a single get
  /// pays for every item is paid once: the room is given back to the producer every few items and at
  /// the end. After Aeron's `poll` and the Disruptor's batched event handlers. Customers of other
  /// stores, and those that pass items over, read one item.
  ///
  /// - Parameter body: gets the bytes in the store itself; they are valid until it returns. When it
  ///   throws, its item stays at the cursor and those before are released.
  /// - Returns: how many items were read.
  /// - Throws: as ``readBytes(timeout:_:)``.
  /// - Precondition: `limit` is at least 1.
  @inlinable @inline(__always)
  public mutating func readBatch(
    upTo limit: Int, timeout: Timeout = .never,
    _ body: (RawSpan) throws(SerializationError) -> Void
  ) throws(TransportError) -> Delivery<Int> {
    precondition(limit >= 1)
    switch try waitForItem(timeout: timeout) {
    case .timedOut: return .timedOut
    case .ended: return .ended
    case .ready: break
    }
    let (slots, fetched) = (control.slots, readsSlots ? nil : try fetchedItem())
    // Kept out of the customer while the loop runs: each store counts in a small message.
    var (index, ahead) = (cursor, ahead)
    var count = 0
    var isThere = true
    while isThere {
      let isWhole: Bool
      do throws(SerializationError) {
        isWhole = try control.readPayload(index, elsewhere: fetched, body) != nil
      } catch {
        giveBack(upTo: index)
        throw TransportError(error)
      }
      guard isWhole else {
        giveBack(upTo: index)
        throw .corruptSlot(index)
      }
      count &+= 1
      if !takesSlotsInOrder { break }
      index &+= 1
      if count & Self.giveBackMask == 0 {
        giveBack(upTo: index)
        index = cursor
      }
      // Acquire: pairs with the release in Producer.publish.
      isThere = count < limit && slots.sequence(index).loadAcquire() == index &+ 1
      if isThere { ahead.fetch(from: index, of: control) }
    }
    self.ahead = ahead
    if takesSlotsInOrder {
      isSelected = false
      giveBack(upTo: index)
    } else {
      next()
    }
    return .item(count)
  }

  /// Tells the producer that this customer is done with all items below `index`.
  @inlinable @inline(__always)
  mutating func giveBack(upTo index: UInt64) {
    cursor = index
    advance(by: 0)
  }

  /// Items between two looks at what was read, less one: a power of two less one.
  @inlinable static var giveBackMask: Int { 7 }
}
