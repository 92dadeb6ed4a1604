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
    var count = 0
    var isThere = true
    while isThere {
      do throws(TransportError) {
        try withEncodedItem(body)
      } catch {
        giveBack()
        throw error
      }
      count &+= 1
      isThere = takesSlotsInOrder && stepInBatch(count) && count < limit
    }
    if takesSlotsInOrder { giveBack() } else { next() }
    return .item(count)
  }

  /// Moves on to the next item of a batch; false when it is not there.
  @inlinable @inline(__always)
  mutating func stepInBatch(_ count: Int) -> Bool {
    cursor &+= 1
    isSelected = false
    if count & Self.giveBackMask == 0 { giveBack() }
    // Acquire: pairs with the release in Producer.publish.
    guard control.slots.sequence(cursor).loadAcquire() == cursor &+ 1 else { return false }
    fetchAhead()
    isSelected = true
    return true
  }

  /// Tells the producer how far this customer is.
  @inlinable @inline(__always)
  mutating func giveBack() { advance(by: 0) }

  /// Items between two looks at what was read, less one: a power of two less one.
  @inlinable static var giveBackMask: Int { 7 }
}
