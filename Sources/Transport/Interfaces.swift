// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// A place to put items: one end of a transport, owned by one thread.
public protocol Sink<Item>: ~Copyable {
  associatedtype Item: TransportItem

  /// Whether a put would have to wait.
  var isFull: Bool { mutating get }
  /// Items put and not yet released by every customer.
  var count: Int { get }
  /// Items that not every customer got because there was no room.
  var droppedCount: Int { get }
  /// Waits until there is room; false when the time ran out.
  mutating func waitForRoom(timeout: Timeout) throws(TransportError) -> Bool
  /// Puts a snapshot of the item; what happens when the ring is full is the sink's backpressure.
  mutating func put(_ item: Item, timeout: Timeout) throws(TransportError) -> PutResult
  /// Puts the item if there is room now, else discards and counts it.
  mutating func putNowait(_ item: Item) throws(TransportError) -> PutResult
}

/// A place to get items from: one end of a transport, owned by one thread.
///
/// `get` borrows the item at the cursor and may be repeated; `next` releases it.
public protocol Source<Item>: ~Copyable {
  associatedtype Item: TransportItem

  /// Items between the cursor and the head.
  var count: Int { get }
  /// Whether a get would have to wait; never true with a default value.
  var isEmpty: Bool { get }
  /// Whether the item at the cursor is the only one left.
  var isLast: Bool { get }
  /// Items passed over by the strategy so far.
  var skippedCount: Int { get }
  /// Waits until a get would deliver.
  mutating func waitForItem(timeout: Timeout) throws(TransportError) -> Availability
  /// Delivers the item that the strategy selects, without releasing it.
  mutating func get(timeout: Timeout) throws(TransportError) -> Delivery<Item>
  /// Releases the item at the cursor; does nothing at the end.
  mutating func next()
}

extension Sink where Self: ~Copyable {
  /// Puts the item, waiting as long as it takes when the backpressure is to block.
  @inlinable
  public mutating func put(_ item: Item) throws(TransportError) -> PutResult {
    try put(item, timeout: .never)
  }
}

extension Source where Self: ~Copyable {
  /// Delivers what is there now.
  @inlinable
  public mutating func getNowait() throws(TransportError) -> Delivery<Item> {
    try get(timeout: .now)
  }
}
