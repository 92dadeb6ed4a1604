// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

@Suite(.timeLimit(.minutes(10))) struct SourceTests {
  @Test(arguments: everyStore)
  func aLateSourceStartsAtTheOldestRetainedItem(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var early = try producer.customer(store)
      try producer.put(numbers: 0..<5)
      #expect(try early.take(2) == [0, 1])
      var late = try producer.customer(store)
      #expect(late.count == 3)
      #expect(try late.take(3) == [2, 3, 4])
      #expect(try early.take(3) == [2, 3, 4])
    }
  }

  /// A store holds only what was put since it exists; other stores' items are not for its customers.
  @Test(arguments: everyStore, everyStore)
  func aLateSourceOfAnotherStoreStartsWhereThatBegins(first: StoreKind, second: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 16)
      var early = try producer.customer(first)
      try producer.put(numbers: 0..<3)
      var late = try producer.customer(second)
      try producer.put(numbers: 3..<6)
      // List and queue both keep the items themselves.
      let shared = (first == .shm) == (second == .shm)
      #expect(try late.take(shared ? 6 : 3) == Array((shared ? 0 : 3)..<6))
      // And one later still.
      var last = try producer.customer(second)
      try producer.put(numbers: 6..<8)
      #expect(try last.take(shared ? 8 : 5) == Array((shared ? 0 : 3)..<8))
      #expect(try early.take(8) == Array(0..<8))
    }
  }

  @Test(arguments: everyStore)
  func aTicketThatNobodyTakesHoldsNothingBack(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2)
      var ticket: SourceTicket<Frame>? = try producer.source(store)
      try producer.put(numbers: 0..<2)
      #expect(try producer.tryPut(2) == .timedOut)
      withExtendedLifetime(ticket) {}
      ticket = nil
      try producer.put(numbers: 2..<10)
    }
  }

  @Test(arguments: everyStore)
  func aCustomerThatLeavesHoldsNothingBack(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2)
      var stays = try producer.customer(store)
      do {
        let leaves = try producer.customer(store)
        try producer.put(numbers: 0..<2)
        #expect(try stays.take(2) == [0, 1])
        #expect(try producer.tryPut(9) == .timedOut)
        _ = consume leaves
      }
      try producer.put(numbers: 2..<4)
      #expect(try stays.take(2) == [2, 3])
      #expect(producer.evictedCount == 0)
    }
  }

  @Test(arguments: everyStore)
  func placesAreUsedAgain(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4, customerLimit: 2)
      var stays = try producer.customer(store)
      for round in 0..<10 {
        var comes = try producer.customer(store)
        let code = thrownCode { _ = try producer.source(store) }
        #expect(code == .unsupported)
        try producer.put(numbers: round..<round + 1)
        #expect(try comes.take(1) == [round])
        #expect(comes.skippedCount == 0)
        #expect(try stays.take(1) == [round])
      }
    }
  }

  @Test func serializersOfOneSegmentMustAgree() throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: 500)
      let first = try producer.source(.shm, serializer: "tensor")
      defer { withExtendedLifetime(first) {} }
      // The class's name stands for the same one.
      let same = try producer.source(.shm, serializer: "large")
      let code = thrownCode { _ = try producer.source(.shm, serializer: "raw") }
      #expect(code == .unsupported)
      // Other stores encode for themselves.
      let other = try producer.source(.queue, serializer: "plist")
      var shared = try Customer(same)
      var queued = try Customer(other)
      try producer.put(numbers: 0..<1)
      #expect(try shared.number() == 0)
      #expect(try queued.number() == 0)
    }
  }

  @Test(arguments: [StoreKind.queue, .shm])
  func unknownSerializersAreRefused(store: StoreKind) throws {
    var producer = try Producer.make()
    let code = thrownCode { _ = try producer.source(store, serializer: "tensr") }
    guard case .serialization(let error) = code else {
      Issue.record("not refused: \(String(describing: code))")
      return
    }
    #expect(error.code == .unknownSerializer && error.nearestMatch == "tensor")
    // Nothing is left of the attempt.
    #expect(try producer.tryPut(0) == .noCustomers)
    let customer = try producer.customer(store)
    #expect(try producer.tryPut(0) == .published)
    _ = consume customer
  }

  @Test(arguments: [StoreKind.list, .queue, .shm])
  func codableValuesNeedACodableSerializer(store: StoreKind) throws {
    try withWatchdog {
      struct Reading: Codable, Equatable {
        var name: String
        var values: [Double]
      }
      var producer = try Producer<CodableItem<Reading>>(
        ProducerConfiguration(capacity: 4, arenaByteCount: 1 << 16))
      if store != .list {
        let code = thrownCode {
          _ = try producer.makeSource(SourceConfiguration(store: store, serializer: "tensor"))
        }
        guard case .serialization(let error) = code else {
          Issue.record("not refused: \(String(describing: code))")
          return
        }
        #expect(error.code == .unsupportedValue)
      }
      var customer = try Customer(
        producer.makeSource(SourceConfiguration(store: store, serializer: "json")))
      for count in [0, 1, 100, 500] {
        let value = Reading(name: "n\(count)", values: (0..<count).map(Double.init))
        #expect(try producer.put(CodableItem(value)) == .published)
        let got = try customer.get(timeout: patience).value?.value
        #expect(got == value)
        customer.next()
      }
    }
  }

  /// The server answers without being asked to start.
  @Test func theFirstPutStartsTheServer() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let worker = try reader(producer.source(.queue))
      #expect(producer.needsServer == true)
      try producer.put(numbers: 0..<1)
      #expect(producer.needsServer == false)
      try producer.spawn()  // Once more does nothing.
      producer.end()
      #expect(try worker.join() == [0])
    }
  }
}
