// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

@Suite(.timeLimit(.minutes(10))) struct ProducerTests {
  /// A slot is free as soon as the slowest customer has released it: no hysteresis.
  @Test(arguments: everyStore, [1, 2, 3, 10, 100])
  func capacityIsStrict(store: StoreKind, capacity: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: capacity)
      var fast = try producer.customer(store)
      var slow = try producer.customer(store)
      for number in 0..<capacity { #expect(try producer.tryPut(number) == .published) }
      for lap in 0..<3 * capacity {
        #expect(producer.isFull == true)
        #expect(try producer.tryPut(-1) == .timedOut)
        fast.next()
        #expect(try producer.tryPut(-1) == .timedOut)
        slow.next()
        #expect(producer.isFull == false)
        #expect(producer.count == capacity - 1)
        #expect(try producer.tryPut(capacity + lap) == .published)
      }
      #expect(try slow.take(capacity) == Array(3 * capacity..<4 * capacity))
      #expect(producer.droppedCount == 0)
    }
  }

  @Test(arguments: everyStore, everyWait)
  func blockingTimesOut(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2, wait: wait)
      let customer = try producer.customer(store)
      try producer.put(numbers: 0..<2)
      for nanoseconds in [0, 1, 3_000_000] as [Int64] {
        let before = MonotonicTime.nanoseconds()
        let result = try producer.put(Payload.number(9), timeout: .after(nanoseconds: nanoseconds))
        #expect(result == .timedOut)
        #expect(MonotonicTime.nanoseconds() - before >= nanoseconds)
      }
      let room = try producer.waitForRoom(timeout: .after(nanoseconds: 1))
      #expect(!room)
      #expect(producer.droppedCount == 0)
      #expect(producer.publishedCount == 2)
      _ = consume customer
      let later = try producer.waitForRoom(timeout: .never)
      #expect(later)
    }
  }

  @Test(arguments: everyStore, [Backpressure.block, .dropNewest])
  func whatDoesNotFitIsDroppedAndCounted(store: StoreKind, backpressure: Backpressure) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 3, backpressure: backpressure)
      var customer = try producer.customer(store)
      var results: [PutResult] = []
      for number in 0..<5 { results.append(try producer.putNowait(Payload.number(number))) }
      #expect(results == [.published, .published, .published, .dropped, .dropped])
      #expect(producer.droppedCount == 2)
      if backpressure == .dropNewest {
        #expect(try producer.put(Payload.number(5), timeout: .never) == .dropped)
        #expect(producer.droppedCount == 3)
      }
      // The oldest are intact.
      #expect(try customer.take(3) == [0, 1, 2])
      #expect(try producer.putNowait(Payload.number(6)) == .published)
      #expect(try customer.number() == 6)
    }
  }

  @Test(arguments: everyStore)
  func aFullRingMayBeAnError(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 1, backpressure: .fail)
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<1)
      let codes = [
        thrownCode { _ = try producer.put(Payload.number(1), timeout: .never) },
        thrownCode { _ = try producer.putNowait(Payload.number(1)) },
      ]
      #expect(codes == [.full, .full])
      #expect(producer.droppedCount == 0)
      #expect(try customer.take(1) == [0])
      try producer.put(numbers: 1..<2)
      #expect(try customer.number() == 1)
    }
  }

  @Test(arguments: everyStore)
  func nothingCanBePutAfterTheEnd(store: StoreKind) throws {
    try withWatchdog {
      for alreadyPut in [0, 1, 3] {
        var producer = try Producer.make(capacity: 3)
        var customer = try producer.customer(store)
        try producer.put(numbers: 0..<alreadyPut)
        producer.end()
        let codes = [
          thrownCode { _ = try producer.put(Payload.number(9), timeout: .never) },
          thrownCode { _ = try producer.putNowait(Payload.number(9)) },
          thrownCode { _ = try producer.waitForRoom(timeout: .never) },
        ]
        #expect(codes == [.ended, .ended, .ended])
        #expect(producer.isFull == true)
        #expect(try customer.take() == Array(0..<alreadyPut))
      }
    }
  }

  @Test func withoutCustomersItemsAreLetGo() throws {
    var producer = try Producer.make(capacity: 2)
    for number in 0..<10 { #expect(try producer.tryPut(number) == .noCustomers) }
    #expect(producer.publishedCount == 0)
    #expect(producer.droppedCount == 0)
    var other = try Producer<Frame>(
      ProducerConfiguration(capacity: 2, skipsWithoutCustomers: false))
    for number in 0..<10 { #expect(try other.tryPut(number) == .published) }
    #expect(other.publishedCount == 10)
    #expect(other.count == 0)
  }

  @Test(arguments: everyStore)
  func drainingWaitsForEveryCustomer(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      let empty = producer.drain(timeout: .now)
      #expect(empty)
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<3)
      let early = producer.drain(timeout: .after(nanoseconds: 1_000_000))
      #expect(!early)
      #expect(try customer.take(3) == [0, 1, 2])
      let late = producer.drain(timeout: .never)
      #expect(late)
      try producer.put(numbers: 3..<4)
      _ = consume customer
      let gone = producer.drain(timeout: .never)
      #expect(gone)
    }
  }

  @Test(arguments: everyStore, everyWait)
  func drainingIsWokenByTheLastCustomer(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      var producer = try Producer.make(wait: wait)
      let worker = try reader(producer.source(store, wait: wait))
      try producer.put(numbers: 0..<100)
      producer.end()
      let drained = producer.drain(timeout: patience)
      #expect(drained)
      #expect(try worker.join() == Array(0..<100))
    }
  }

  /// A producer that is let go after the end still delivers what a slow customer has yet to ask for.
  @Test(arguments: everyStore)
  func lettingGoAfterTheEndLosesNothing(store: StoreKind) throws {
    try withWatchdog {
      let worker: Worker<[Int]>
      do {
        var producer = try Producer.make(capacity: 100)
        let ticket = try producer.source(store)
        worker = try Worker {
          var customer = try Customer(ticket)
          var numbers: [Int] = []
          while let number = try customer.number() {
            numbers.append(number)
            _ = ticket.control.customer(7).state.wait(while: 0, timeoutNanoseconds: 1_000_000)
            customer.next()
          }
          return numbers
        }
        try producer.put(numbers: 0..<100)
        producer.end()
      }
      #expect(try worker.join() == Array(0..<100))
    }
  }

  @Test(arguments: everyStore, everyWait)
  func lettingGoWithoutAnEndIsAnError(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      for timeout in [Timeout.never, .after(.seconds(50)), .now] {
        var producer: Producer<Frame>? = try Producer.make(wait: wait)
        let ticket = try producer!.source(store, wait: wait)
        var customer = try Customer(ticket)
        try producer!.put(numbers: 0..<2)
        #expect(try customer.take(2) == [0, 1])
        producer = nil
        var code: TransportError.Code?
        // A customer that only polls learns of it too, before long.
        for _ in 0..<1_000 where code == nil {
          code = thrownCode { _ = try customer.get(timeout: timeout) }
        }
        #expect(code == .producerGone)
      }
    }
  }

  @Test(arguments: [
    (0, 64, 1), (-1, 0, 1), (1 << 30, 0, 1), (4, -1, 1), (4, 1 << 50, 1), (4, 0, 0),
    (4, 0, 1 << 20),
  ])
  func impossibleSizesAreRefused(capacity: Int, arena: Int, customers: Int) {
    let code = thrownCode {
      _ = try Producer<Frame>(
        ProducerConfiguration(
          capacity: capacity, arenaByteCount: arena, customerLimit: customers))
    }
    guard case .sharedMemory(let error) = code else {
      Issue.record("not refused: \(String(describing: code))")
      return
    }
    #expect(error.code == .invalidArgument)
  }

  @Test(arguments: [(10, 112, 0), (10, 113, 1280), (3, 192, 576), (1, 1 << 20, 1 << 20)])
  func arenaSizesCoverTheDepth(depth: Int, itemByteCount: Int, expected: Int) {
    #expect(
      ProducerConfiguration.arenaByteCount(depth: depth, itemByteCount: itemByteCount) == expected)
  }
}
