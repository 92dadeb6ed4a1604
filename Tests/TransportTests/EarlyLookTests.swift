// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A producer looks for room before it runs out of what it knows of, with an item on its way.
@Suite(.timeLimit(.minutes(10))) struct EarlyLookTests {
  @Test func roomIsFoundBeforeItIsNeeded() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 64)
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<55)
      #expect(try customer.take(50) == Array(0..<50))
      let before = producer.limit
      #expect(before == 64, "nothing was looked at since the first put")
      try producer.put(numbers: 55..<56)
      let after = producer.limit
      #expect(after == 50 + 64, "an eighth is left: the customer has released 50")
      // The look came in time: what was given back is put into, and read whole.
      try producer.put(numbers: 56..<114)
      #expect(try producer.tryPut(114) == .timedOut)
      producer.end()
      #expect(try customer.take() == Array(50..<114))
    }
  }

  @Test func theArenaIsGivenBackWithIt() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 16, itemByteCount: 1000)
      var customer = try producer.customer(.shm)
      let bytes = [UInt8](repeating: 7, count: 1000)
      for _ in 0..<13 { #expect(try producer.put(bytes: bytes.span.bytes) == .published) }
      for _ in 0..<12 { customer.next() }
      let before = producer.shared.tail
      #expect(before == 0)
      #expect(try producer.put(bytes: bytes.span.bytes) == .published)
      let given = producer.shared.tail
      #expect(given == UInt64(12 * RingLayout.arenaFootprint(ofByteCount: 1000)))
      #expect(try customer.readBytes(timeout: patience) { $0.byteCount }.value == 1000)
    }
  }

  /// A look that finds nothing is not repeated with every item, and holds nothing up.
  @Test func aCustomerThatDoesNotKeepUpIsLookedAtWhenTheRingIsFull() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 64)
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<64)
      let full = producer.limit
      #expect(full == 64)
      #expect(try producer.tryPut(64) == .timedOut)
      #expect(try customer.take(1) == [0])
      #expect(try producer.tryPut(64) == .published)
      #expect(try producer.tryPut(65) == .timedOut)
      #expect(try customer.take(64) == Array(1..<65))
    }
  }

  /// Where a put must be granted one by one, no early look may grant it.
  @Test func aByteBudgetIsAskedForEveryItem() throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 64, arenaByteCount: 1 << 16, byteBudget: 1 << 14))
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<60)
      #expect(try customer.take(60) == Array(0..<60))
      let (limit, head) = (producer.limit, producer.head)
      #expect(!RingCounter.isBefore(head, limit))
      try producer.put(numbers: 60..<124)
      #expect(try producer.tryPut(124) == .timedOut)
    }
  }

  /// Across the wrap of the counters, and in rings too small to be early in.
  @Test(arguments: [1, 2, 4, 7, 8, 16], [0, UInt64.max - 20])
  func nothingIsLostAtAnyCapacity(capacity: Int, start: UInt64) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: capacity, startingAt: start)
      var customer = try producer.customer(.shm)
      var (next, expected) = (0, 0)
      for step in 0..<60 {
        while try producer.tryPut(next) == .published { next += 1 }
        #expect(next - expected == capacity, "never more than the ring holds, nor less")
        let taken = step % capacity + 1
        #expect(try customer.take(taken) == Array(expected..<expected + taken))
        expected += taken
      }
    }
  }
}
