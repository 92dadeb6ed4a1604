// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A producer that only feeds slots stores its head now and then; nobody may notice.
@Suite(.timeLimit(.minutes(10))) struct HeadLagTests {
  @Test func countsAreExactWhileTheHeadLags() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 200)
      let ticket = try producer.source(.shm)
      var customer = try Customer(ticket)
      for number in 0..<150 {
        try producer.put(numbers: number..<number + 1)
        #expect(customer.count == number + 1)
      }
      #expect(ticket.control.head.loadRelaxed() == 128, "it does lag")
      for number in 0..<150 {
        #expect(customer.isLast == (number == 149))
        #expect(try customer.number() == number)
        customer.next()
        #expect(customer.count == 149 - number)
      }
      let isEmpty = customer.isEmpty
      #expect(isEmpty)
      producer.end()
      #expect(ticket.control.head.loadRelaxed() == 150, "an end says how much there was")
      #expect(Found(try customer.getNowait()) == .ended)
    }
  }

  /// Whoever reads the head gets it exactly, from the moment its place is made.
  @Test(arguments: [StoreKind.list, .queue, .shm])
  func theHeadIsExactForThoseWhoReadIt(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 200)
      let first = try producer.source(.shm)
      var follower = try Customer(first)
      try producer.put(numbers: 0..<70)
      #expect(first.control.head.loadRelaxed() == 64)
      let strategy: Strategy = store == .shm ? .latest : .all
      let second = try producer.source(store, strategy: strategy)
      #expect(first.control.head.loadRelaxed() == 70)
      var reader = try Customer(second)
      try producer.put(numbers: 70..<73)
      #expect(first.control.head.loadRelaxed() == 73)
      #expect(try reader.number() == (store == .shm ? 72 : 70))
      for number in 0..<73 {
        #expect(try follower.number() == number)
        follower.next()
      }
    }
  }

  @Test func aProducerThatWaitsForRoomHasSaidAll() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 70)
      let ticket = try producer.source(.shm)
      try producer.put(numbers: 0..<70)
      let result = try producer.put(Payload.number(70), timeout: .after(nanoseconds: 1_000_000))
      #expect(result == .timedOut)
      #expect(ticket.control.head.loadRelaxed() == 70)
    }
  }

  @Test func slotsThatSayTheImpossibleAreDamaged() throws {
    let control = try RingControl(
      creating: RingLayout(capacity: 64, customerLimit: 1, arenaByteCount: 0), label: "lag")
    let sequence = control.slots.sequence(100)
    for (value, isDamaged) in [(0, false), (101, false), (37, false), (36, true), (102, true)] {
      sequence.storeRelaxed(UInt64(value))
      #expect(control.isDamaged(100) == isDamaged, "\(value)")
    }
  }
}
