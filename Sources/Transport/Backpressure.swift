// SPDX-License-Identifier: Apache-2.0

/// What a producer does when the slowest customer has not yet made room: a slot, arena bytes, or
/// bytes of its budget.
public enum Backpressure: String, Hashable, Sendable, Codable, CaseIterable {
  /// Waits for room, as long as the put's timeout allows.
  case block
  /// Discards the new item and counts it.
  case dropNewest = "drop-newest"
  /// Takes the oldest item away from the slowest customers, counts it for each of them, and puts the
  /// new one.
  ///
  /// What a customer borrows is never taken away, and the producer never waits: while the oldest item
  /// is being borrowed, it is the new one that is discarded and counted. So a customer that works on
  /// what it borrowed for longer than the ring takes to fill up should copy it and move on, or take
  /// only the latest. With a delete rate as many go at once as it says. A queue customer borrows an
  /// item from when it asks for it.
  case dropOldest = "drop-oldest"
  /// Throws ``TransportError/Code/full``.
  case fail
}

/// What became of a put.
public enum PutResult: Hashable, Sendable {
  case published
  /// There was no room and the new item was discarded; it is counted.
  case dropped
  /// The ring stayed full for the whole timeout; the item was not taken.
  case timedOut
  /// Nobody is there to read it, and the producer skips items without readers.
  case noCustomers
}
