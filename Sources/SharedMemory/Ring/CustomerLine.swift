// SPDX-License-Identifier: Apache-2.0

/// The words of one customer. Written by that customer alone, except where said.
@frozen @safe
public struct CustomerLine: Sendable {
  /// The next item this customer will take. Moved by whoever holds the lease, where there is one.
  public let cursor: SharedUInt64
  /// Items passed over by its strategy.
  public let skipped: SharedUInt64
  /// Items asked of a queue store: from …
  public let requestStart: SharedUInt64
  /// … up to, not including. Written after `requestStart`.
  public let requestEnd: SharedUInt64
  /// See ``State``. Written by both sides, by compare-and-exchange where they may meet.
  public let state: SharedUInt32
  /// See ``Lease``; only used in rings that drop the oldest item.
  public let lease: SharedUInt32
  /// Items that the producer took away from this customer. Written by the producer.
  public let dropped: SharedUInt64
  /// Process of the customer, 0 before it attached: for people to read and for the producer to
  /// watch, never to signal.
  public let process: SharedUInt32
  /// In which process number space: see ``ProcessSpace``.
  public let space: SharedUInt32
  /// How the customer is attached, for people to read: its store, strategy and skip count as
  /// numbers. Written with the promise of the place.
  public let store: SharedUInt32
  public let strategy: SharedUInt32
  public let skip: SharedUInt32

  public enum State: UInt32, Sendable {
    case free = 0
    /// Promised to a customer that has yet to attach; holds items back for it.
    case reserved = 1
    case attached = 2
    case detached = 3
    /// Promised to a customer in another process, and kept as long as somebody holds the promise.
    case handedOver = 4
  }

  /// Who may move the cursor of a customer whose items can be taken away.
  public enum Lease: UInt32, Sendable {
    case free = 0
    /// The customer borrows the item at its cursor.
    case customer = 1
    /// The producer is passing the customer over an item.
    case producer = 2
  }

  init(segment: Segment, offset: Int) {
    cursor = segment.uint64(at: offset)
    skipped = segment.uint64(at: offset + 8)
    requestStart = segment.uint64(at: offset + 16)
    requestEnd = segment.uint64(at: offset + 24)
    state = segment.uint32(at: offset + 32)
    lease = segment.uint32(at: offset + 36)
    dropped = segment.uint64(at: offset + 40)
    process = segment.uint32(at: offset + 48)
    store = segment.uint32(at: offset + 52)
    strategy = segment.uint32(at: offset + 56)
    skip = segment.uint32(at: offset + 60)
    space = segment.uint32(at: offset + 64)
  }

  /// Fetches the cursor ahead of its reading.
  public func prefetchCursor() { cursor.prefetch() }

  /// Whether items must be kept for this customer.
  @inlinable
  public var holdsItems: Bool {
    let state = state.loadAcquire()
    return state == State.attached.rawValue || state == State.reserved.rawValue
      || state == State.handedOver.rawValue
  }
}
