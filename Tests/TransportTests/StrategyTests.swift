// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// The vectors of REIP's source strategies.
@Suite(.timeLimit(.minutes(10))) struct StrategyTests {
  @Test(arguments: everyStore)
  func vectorsOfTenItems(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 10)
      var all = try producer.customer(store)
      var skip = try producer.customer(store, strategy: .skip(count: 2))
      var latest = try producer.customer(store, strategy: .latest)
      try producer.put(numbers: 0..<10)
      producer.end()
      #expect(try all.take() == Array(0..<10))
      #expect(try skip.take() == [2, 5, 8])
      #expect(try latest.take() == [9])
      #expect(all.skippedCount == 0)
      #expect(skip.skippedCount == 7)
      #expect(latest.skippedCount == 9)
      #expect(producer.count == 0)
    }
  }

  /// REIP's own test: three readers of one producer, ten items and then ten more.
  @Test(arguments: everyStore)
  func batchesAreContinued(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 10)
      var all = try producer.customer(store)
      var skip = try producer.customer(store, strategy: .skip(count: 1))
      var latest = try producer.customer(store, strategy: .latest)
      for batch in [0..<10, 10..<20] {
        try producer.put(numbers: batch)
        #expect(try all.take(10) == Array(batch))
        let odd = batch.filter { $0 % 2 == 1 }
        #expect(try skip.take(5) == odd)
        #expect(try latest.take(1) == [batch.upperBound - 1])
      }
    }
  }

  /// Progress is kept when the items for a delivery come in pieces.
  @Test(arguments: everyStore)
  func aSkipRemembersHowFarItGot(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 10)
      var customer = try producer.customer(store, strategy: .skip(count: 3))
      for number in 0..<3 {
        try producer.put(numbers: number..<number + 1)
        let found = Found(try customer.getNowait())
        #expect(found == .timedOut)
        // What was passed over holds nothing back.
        #expect(producer.count == 0)
      }
      try producer.put(numbers: 3..<10)
      for _ in 0..<3 { #expect(try customer.number() == 3) }
      customer.next()
      #expect(try customer.number() == 7)
      customer.next()
      producer.end()
      let last = try customer.number()
      #expect(last == nil)
      #expect(customer.skippedCount == 8)
    }
  }

  @Test(arguments: everyStore)
  func theLatestStaysWhileItIsBorrowed(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 10)
      var customer = try producer.customer(store, strategy: .latest)
      try producer.put(numbers: 0..<4)
      #expect(try customer.number() == 3)
      try producer.put(numbers: 4..<6)
      #expect(try customer.number() == 3)
      customer.next()
      #expect(try customer.number() == 5)
      customer.next()
      let found = Found(try customer.getNowait())
      #expect(found == .timedOut)
    }
  }

  /// The slot of an item is published a moment before the head counts it.
  @Test func anItemThatTheHeadDoesNotCountYetIsNotSkipped() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(.shm, strategy: .latest)
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<1)
      ticket.control.head.storeRelease(0)
      #expect(try customer.number() == 0)
      #expect(customer.skippedCount == 0)
    }
  }

  /// As a producer leaves it that dies between the two stores: the slot says that the item is there.
  @Test func aSkipPassesOverWhatTheHeadDoesNotCountYet() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(.shm, strategy: .skip(count: 1))
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<1)
      ticket.control.head.storeRelease(0)
      #expect(Found(try customer.getNowait()) == .timedOut)
      #expect(customer.skippedCount == 1)
      ticket.control.head.storeRelease(1)
      try producer.put(numbers: 1..<2)
      #expect(try customer.number() == 1)
    }
  }

  /// A customer that polls must get something although the newest item is another one each time.
  @Test(arguments: everyStore)
  func aPollingCustomerIsNotStarved(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 64)
      var customer = try producer.customer(store, strategy: .latest)
      var (polls, got) = (0, 0)
      while got < 100, polls < 1_000_000 {
        polls += 1
        _ = try producer.putNowait(Payload.number(polls))
        guard case .item(let frame) = try customer.getNowait() else { continue }
        #expect(Payload.number(of: frame) <= polls)
        customer.next()
        got += 1
      }
      #expect(got == 100)
    }
  }

  @Test(arguments: [
    (Context.sameProcess, ThroughputClass.small, StoreKind.list, "small"),
    (.sameProcess, .large, .list, "large"), (.otherProcess, .small, .queue, "small"),
    (.otherProcess, .medium, .queue, "medium"), (.otherProcess, .large, .shm, "large"),
  ])
  func contextAndThroughputChooseTheStore(
    context: Context, throughput: ThroughputClass, store: StoreKind, serializer: String
  ) throws {
    #expect(StoreKind.selected(context: context, throughput: throughput) == store)
    let configuration = SourceConfiguration(context: context, throughput: throughput)
    #expect(configuration.store == store && configuration.serializer == serializer)
    var producer = try Producer.make(itemByteCount: 500)
    var customer = try Customer(producer.makeSource(context: context, throughput: throughput))
    try producer.put(numbers: 0..<1)
    #expect(try customer.number() == 0)
  }
}
