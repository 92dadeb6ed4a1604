// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// What one look at the producer's ring brought a replica.
struct ReplicaStep {
  var carried = 0
  var discarded = 0
  private var failure: TransportError?
  private var isBlocked = false

  var taken: Int { carried + discarded }

  /// Copies items from one ring into the other, until there is no more, or no room.
  ///
  /// - Returns: nil when there was no room for an item, which stays at the cursor.
  mutating func take<Item: TransportItem>(
    from customer: inout Customer<Item>, into producer: inout Producer<Item>, upTo limit: Int,
    _ deadline: Int64
  ) throws(TransportError) -> Delivery<Int>? {
    let timeout = Timeout.until(deadlineNanoseconds: deadline)
    do throws(TransportError) {
      return try customer.readBatch(upTo: limit, timeout: timeout) {
        (bytes) throws(SerializationError) in
        put(bytes, into: &producer, deadline)
        // The one way to leave an item where it is.
        if isBlocked || failure != nil {
          throw SerializationError(.unsupportedValue, "the replica has no room")
        }
      }
    } catch {
      if let failure { throw failure }
      if isBlocked { return nil }
      throw error
    }
  }

  private mutating func put<Item: TransportItem>(
    _ bytes: RawSpan, into producer: inout Producer<Item>, _ deadline: Int64
  ) {
    do throws(TransportError) {
      // Only the first is waited for: what was taken before it is on its way.
      let timeout = taken == 0 ? Self.look(until: deadline) : .now
      switch try producer.put(bytes: bytes, timeout: timeout) {
      case .published, .noCustomers: carried += 1
      case .dropped: discarded += 1
      case .timedOut: isBlocked = true
      }
    } catch {
      failure = error
    }
  }

  /// How long a replica waits for its own customers before it looks whether the stream was terminated,
  /// which it is told elsewhere: as often as any sleeper looks after the processes around it.
  private static let lookNanoseconds: Int64 = 50_000_000

  /// Up to the deadline, and no longer than until the next look.
  static func look(until deadline: Int64) -> Timeout {
    switch Timeout.until(deadlineNanoseconds: deadline) {
    case .now: .now
    case .after(let nanoseconds): .after(nanoseconds: min(nanoseconds, lookNanoseconds))
    case .never: .after(nanoseconds: lookNanoseconds)
    }
  }
}
