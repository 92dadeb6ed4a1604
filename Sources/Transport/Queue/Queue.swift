// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// A plain queue between two threads or processes: one end pushes encoded items, the other takes
/// them, through a kernel channel and a serializer. After REIP's `Queue`.
///
/// Without a ring: one customer, no strategies, nothing is kept. What the channel holds (about a
/// megabyte where the kernel allows it) bounds what is on the way.
public enum Queue<Item: TransportItem> {
  /// Both ends of a new queue; hand one over, or use each on a thread of its own.
  ///
  /// - Parameter serializer: registered name, known to both ends.
  /// - Throws: `.serialization` for an unknown serializer or one that cannot carry the items,
  ///   `.sharedMemory` when the kernel gives no channel.
  public static func make(
    serializer: String
  ) throws(TransportError) -> (sender: QueueEnd, receiver: QueueEnd) {
    _ = try Producer<Item>.serializer(serializer)
    let ends = try TransportError.wrapping { () throws(SharedMemoryError) in
      try ByteChannel.makePair()
    }
    return (
      QueueEnd(descriptor: ends.0, serializer: serializer),
      QueueEnd(descriptor: ends.1, serializer: serializer)
    )
  }
}

/// One end of a queue on its way to where it is used: a value to encode, and a descriptor to inherit
/// that the other process puts its own number for.
///
/// Whoever makes a sender or a receiver of it owns the descriptor from then on; an end that nobody
/// makes anything of must be closed by hand.
public struct QueueEnd: Hashable, Sendable, Codable {
  public var descriptor: CInt
  public let serializer: String
}
