// SPDX-License-Identifier: Apache-2.0

/// What a producer does when the slowest customer has not yet made room.
public enum Backpressure: String, Hashable, Sendable, Codable, CaseIterable {
  /// Waits for room, as long as the put's timeout allows.
  case block
  /// Discards the new item and counts it.
  case dropNewest = "drop-newest"
  /// Throws ``TransportError/Code/full``.
  case fail
}

/// What became of a put.
public enum PutResult: Hashable, Sendable {
  case published
  /// The ring was full and the item was discarded; it is counted.
  case dropped
  /// The ring stayed full for the whole timeout; the item was not taken.
  case timedOut
  /// Nobody is there to read it, and the producer skips items without readers.
  case noCustomers
}
