// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Synchronization
import Testing
import TransportPeer

@testable import Transport

/// The thread that answers queue customers forgets those who left, and nobody who is only coming.
@Suite(.timeLimit(.minutes(10))) struct QueuePlaceTests {
  /// Rings for the server without end, so that it looks at its customers while one is being made.
  private static func ringing(_ descriptor: CInt, until isOver: borrowing Atomic<Bool>) {
    let bell = Doorbell(owning: descriptor)
    while !isOver.load(ordering: .acquiring) { bell.ring() }
  }

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  @Test func aPlaceThatIsUsedAgainKeepsItsChannel() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      let first = try producer.customer(.queue)
      try producer.put(numbers: 0..<1)
      let doorbell = producer.queue?.doorbellDescriptor
      let bell = try ByteChannel.duplicate(try #require(doorbell))
      let flag = Flag()
      let ringer = try NativeThread { Self.ringing(bell, until: flag.isSet) }
      for round in 0..<3000 {
        // It is owed the item that the first customer holds back.
        var customer = try producer.customer(.queue)
        let delivery = try customer.get(timeout: .after(nanoseconds: 30_000_000_000))
        guard case .item = delivery else {
          Issue.record("round \(round) brought \(delivery)")
          break
        }
      }
      // Release: pairs with the acquire in ringing(_:until:).
      flag.isSet.store(true, ordering: .releasing)
      ringer.join()
      withExtendedLifetime(first) {}
    }
  }
}
