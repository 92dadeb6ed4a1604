// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Making room in batches: REIP's hysteresis of a full ring, without its deadlock.
@Suite(.timeLimit(.minutes(10))) struct DeleteRateTests {
  private static func make(
    capacity: Int, rate: Int?, backpressure: Backpressure = .block, byteBudget: Int? = nil,
    wait: WaitStrategy = .standard, startingAt start: UInt64 = 0
  ) throws -> Producer<Frame> {
    try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity, backpressure: backpressure, wait: wait, byteBudget: byteBudget,
        deleteRate: rate), startingAt: start)
  }

  /// REIP's table: size, rate, items consumed before the ring is free again. With rate 1 REIP never
  /// goes on; we do after all of them.
  static let table: [(size: Int, rate: Int?, consumed: Int)] = [
    (1, 10, 1), (2, 10, 1), (3, 10, 1), (10, 10, 2), (100, 10, 11),
    (100, 2, 51), (100, 5, 21), (100, 50, 3), (100, 1_000, 1), (100, 1, 100),
    (1, 1, 1), (2, 1, 2), (3, 1, 3), (10, 1, 10), (1, nil, 1), (10, nil, 1), (100, nil, 1),
    (9, 10, 2), (19, 10, 3), (18, 10, 2), (10, .max, 1),
  ]

  @Test(arguments: everyStore, table)
  func theTableHolds(store: StoreKind, row: (size: Int, rate: Int?, consumed: Int)) throws {
    try withWatchdog {
      for (start, budget) in [(0, nil), (.max - 30, nil), (0, 1_000_000)] as [(UInt64, Int?)] {
        var producer = try Self.make(
          capacity: row.size, rate: row.rate, byteBudget: budget, startingAt: start)
        var fast = try producer.customer(store)
        var slow = try producer.customer(store)
        try producer.put(numbers: 0..<row.size)
        var next = row.size
        // Again and again, whatever the lap.
        for _ in 0..<5 {
          #expect(producer.count == row.size)
          while fast.count > 0 { fast.next() }
          for consumed in 0..<row.consumed {
            #expect(producer.isFull == true, "after \(consumed) of \(row.consumed)")
            #expect(try producer.tryPut(-1) == .timedOut)
            slow.next()
          }
          #expect(producer.isFull == false)
          for _ in 0..<row.consumed {
            #expect(try producer.tryPut(next) == .published)
            next += 1
          }
        }
        #expect(try slow.take(row.size) == Array(next - row.size..<next))
      }
    }
  }

  /// Nothing was refused yet: it is the fill that counts, not the put that runs into it.
  @Test func theFillCountsNotTheRefusal() throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 10, rate: 10)
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<10)
      customer.next()
      #expect(try producer.tryPut(10) == .timedOut)
      customer.next()
      #expect(try producer.tryPut(10) == .published)
    }
  }

  /// A ring that never fills up is never held back, whatever the rate.
  @Test(arguments: everyStore, [1, 2, 10])
  func aRingWithRoomIsNotAffected(store: StoreKind, rate: Int) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 10, rate: rate)
      var customer = try producer.customer(store)
      var next = 0
      for round in 0..<50 {
        let count = 1 + round % 5
        for number in next..<next + count + 4 where producer.count < 9 {
          #expect(producer.isFull == false)
          #expect(try producer.tryPut(number) == .published)
          next = number + 1
        }
        for _ in 0..<count { customer.next() }
      }
    }
  }

  /// An item that could not be written did not fill the ring.
  @Test func aRefusedItemFillsNothing() throws {
    try withWatchdog {
      struct Refused: Error {}
      var producer = try Self.make(capacity: 4, rate: 1)
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<3)
      #expect(throws: Refused.self) {
        try producer.put(byteCount: 8) { (_) throws(Refused) in throw Refused() }
      }
      customer.next()
      #expect(producer.isFull == false)
      #expect(try producer.tryPut(3) == .published)
    }
  }

  /// Whoever waits for a batch is woken, whoever delivers it, also by leaving.
  @Test(arguments: everyStore, everyWait)
  func nothingIsWaitedForInVain(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      for (capacity, rate) in [(1, 1), (4, 1), (16, 1), (16, 2)] {
        var producer = try Self.make(capacity: capacity, rate: rate, wait: wait)
        let first = try reader(producer.source(store, wait: wait))
        let second = try reader(producer.source(store, wait: wait))
        let leaving = try producer.customer(store, wait: wait)
        try producer.put(numbers: 0..<capacity)
        _ = consume leaving
        try producer.put(numbers: capacity..<500)
        producer.end()
        #expect(try first.join() == Array(0..<500))
        #expect(try second.join() == Array(0..<500))
      }
    }
  }

  @Test(arguments: everyStore)
  func droppingTheOldestMakesRoomForABatch(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Self.make(capacity: 10, rate: 5, backpressure: .dropOldest)
      var customer = try producer.customer(store)
      for number in 0..<11 { #expect(try producer.tryPut(number) == .published) }
      #expect(customer.droppedCount == 3 && customer.count == 8)
      for number in 11..<13 { #expect(try producer.tryPut(number) == .published) }
      #expect(customer.droppedCount == 3)
      producer.end()
      #expect(try customer.take() == Array(3..<13))
    }
  }

  @Test(arguments: [0, -1, .min])
  func anImpossibleRateIsRefused(rate: Int) {
    #expect(thrownCode { _ = try Self.make(capacity: 4, rate: rate) } == .invalidArgument)
  }
}
