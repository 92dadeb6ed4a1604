// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A producer that drops the oldest item: what is taken away, what is not, and how it is counted.
@Suite(.timeLimit(.minutes(10))) struct DropOldestTests {
  static let strategies: [Strategy] = [.all, .latest, .skip(count: 2)]

  private static func make(
    capacity: Int, itemByteCount: Int = 8, startingAt start: UInt64 = 0
  ) throws -> Producer<Frame> {
    try .make(
      capacity: capacity, itemByteCount: itemByteCount, backpressure: .dropOldest,
      startingAt: start)
  }

  @Test(arguments: everyStore, [1, 3, 8])
  func theNewestAreKept(store: StoreKind, capacity: Int) throws {
    try withWatchdog {
      for start in [0, .max - 5] as [UInt64] {
        var producer = try Self.make(capacity: capacity, startingAt: start)
        var customer = try producer.customer(store)
        for number in 0..<20 { #expect(try producer.tryPut(number) == .published) }
        #expect(producer.count == capacity)
        #expect(producer.droppedCount == 20 - capacity)
        #expect(customer.droppedCount == 20 - capacity)
        #expect(customer.count == capacity)
        producer.end()
        #expect(try customer.take() == Array(20 - capacity..<20))
        #expect(customer.skippedCount == 0)
      }
    }
  }

  @Test(arguments: everyStore)
  func onlyTheSlowestLoseItems(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 4)
      var fast = try producer.customer(store)
      var slow = try producer.customer(store)
      var slower = try producer.customer(store)
      try producer.put(numbers: 0..<4)
      #expect(try fast.take(4) == [0, 1, 2, 3])
      #expect(try slow.take(1) == [0])
      try producer.put(numbers: 4..<6)
      // Item 0 from one of them, item 1 from two: two items in all.
      #expect([fast.droppedCount, slow.droppedCount, slower.droppedCount] == [0, 1, 2])
      #expect(producer.droppedCount == 2)
      producer.end()
      #expect(try fast.take() == [4, 5])
      #expect(try slow.take() == [2, 3, 4, 5])
      #expect(try slower.take() == [2, 3, 4, 5])
    }
  }

  /// What is borrowed stays; the new item goes instead, and nobody loses another one for it.
  @Test(arguments: everyStore, [8, 300])
  func aBorrowedItemIsNeverTakenAway(store: StoreKind, byteCount: Int) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 3, itemByteCount: byteCount)
      var borrower = try producer.customer(store)
      let other = try producer.customer(store)
      let put = { (producer: inout Producer<Frame>, index: Int) in
        try producer.put(Payload.frame(index, count: byteCount), timeout: .never)
      }
      for index in 0..<4 { #expect(try put(&producer, index) == .published) }
      let before = [borrower.droppedCount, other.droppedCount, producer.droppedCount]
      #expect(before == [1, 1, 1])
      _ = try borrower.waitForItem(timeout: patience)
      for index in 4..<10 { #expect(try put(&producer, index) == .dropped) }
      let after = [borrower.droppedCount, other.droppedCount, producer.droppedCount]
      #expect(after == [1, 1, 7])
      let held = try borrower.read(timeout: .never) { _, bytes in Payload.matches(bytes, 1) }
      #expect(held.value == true)
      #expect(borrower.count == 3)
      borrower.next()
      #expect(try put(&producer, 10) == .published)
      #expect([borrower.droppedCount, other.droppedCount] == [1, 2])
      for index in [2, 3, 10] {
        for _ in 0..<2 {
          let got = try borrower.get(timeout: patience).value
          #expect(got.map { Payload.matches($0, index, count: byteCount) } == true)
        }
        borrower.next()
      }
    }
  }

  /// A next without a look first releases the oldest that is left, not the one at a stale cursor.
  @Test(arguments: everyStore)
  func aNextWithoutALookReleasesTheOldestLeft(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 3)
      var customer = try producer.customer(store)
      customer.next()
      try producer.put(numbers: 0..<10)
      customer.next()
      #expect(customer.count == 2)
      #expect(try customer.number() == 8)
      customer.next()
      customer.next()
      customer.next()
      #expect(customer.count == 0 && customer.droppedCount == 7)
      let none = Found(try customer.getNowait())
      #expect(none == .timedOut)
      #expect(try producer.tryPut(10) == .published)
      #expect(try customer.number() == 10)
    }
  }

  @Test(arguments: everyStore, strategies)
  func strategiesSeeWhatIsLeft(store: StoreKind, strategy: Strategy) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 5)
      var customer = try producer.customer(store, strategy: strategy)
      try producer.put(numbers: 0..<12)
      producer.end()
      let expected: [Int] =
        switch strategy {
        case .all: Array(7..<12)
        case .latest: [11]
        case .skip: [9]
        case .named: []
        }
      let got = try customer.take()
      #expect(got == expected)
      #expect(customer.droppedCount == 7)
      #expect(got.count + customer.skippedCount + customer.droppedCount == 12)
    }
  }

  @Test(arguments: everyStore)
  func defaultsAndBatchesWorkAsElsewhere(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 4)
      var customer = try producer.customer(store)
      customer.defaultItem = { try! Payload.number(-7) }
      #expect(try customer.number(timeout: .never) == -7)
      try producer.put(numbers: 0..<6)
      #expect(try customer.take(6) == [2, 3, 4, 5, -7, -7])
      customer.defaultItem = nil
      try producer.put(numbers: 6..<12)
      guard store != .list else { return }
      var read: [Int64] = []
      while read.count < 4 {
        _ = try customer.readBatch(upTo: 16, timeout: patience) {
          read.append($0.unsafeLoadUnaligned(as: Int64.self))
        }
      }
      #expect(read == [8, 9, 10, 11])
      let none = Found(try customer.readBatch(upTo: 16, timeout: .now) { _ in })
      #expect(none == .timedOut)
    }
  }

  /// Room in the arena counts like slots: a large item may cost several old ones.
  @Test func aLargeItemTakesAsManyAsItNeeds() throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 100, arenaByteCount: 1024, backpressure: .dropOldest))
      var customer = try producer.customer(.shm)
      for index in 0..<4 { _ = try producer.put(Payload.frame(index, count: 256)) }
      #expect(try producer.put(Payload.frame(4, count: 700)) == .published)
      #expect(customer.droppedCount == 3)
      #expect(customer.count == 2)
      #expect(try producer.put(Payload.frame(5, count: 1024)) == .published)
      #expect(customer.droppedCount == 5)
      let got = try customer.get(timeout: .never).value
      #expect(got.map { Payload.matches($0, 5, count: 1024) } == true)
      #expect(thrownCode { _ = try producer.put(Payload.frame(6, count: 1025)) } == .tooLarge)
    }
  }

  /// A queue must deliver although items go faster than they can be asked for.
  @Test(arguments: everyStore, strategies)
  func aPollingCustomerIsNotStarved(store: StoreKind, strategy: Strategy) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 2)
      var customer = try producer.customer(store, strategy: strategy)
      var (polls, got) = (0, 0)
      while got < 50, polls < 1_000_000 {
        polls += 1
        for _ in 0..<10 { _ = try producer.tryPut(polls) }
        guard case .item = try customer.getNowait() else { continue }
        customer.next()
        got += 1
      }
      #expect(got == 50)
    }
  }
}
