// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import Transport
import TransportPeer

/// What holds for every store and way of waiting.
@Suite(.timeLimit(.minutes(10))) struct StreamTests {
  @Test(arguments: everyStore, everyWait)
  func everyCustomerGetsEveryItemOnceInOrder(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      let count = wait == .spin ? 300 : 3_000
      for capacity in [1, 3, 64] {
        var producer = try Producer.make(capacity: capacity, wait: wait)
        let first = try reader(producer.source(store, wait: wait))
        let second = try reader(producer.source(store, wait: wait))
        let third = try reader(producer.source(store, wait: wait))
        try producer.put(numbers: 0..<count)
        producer.end()
        for numbers in [try first.join(), try second.join(), try third.join()] {
          #expect(numbers == Array(0..<count))
        }
        #expect(producer.droppedCount == 0)
        #expect(producer.evictedCount == 0)
      }
    }
  }

  @Test func storesMayBeMixed() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4, itemByteCount: 100)
      let readers = try everyStore.map { store in
        let ticket = try producer.source(store)
        return Reader(try reader(ticket))
      }
      try producer.put(numbers: 0..<2_000)
      producer.end()
      for reader in readers {
        let numbers = try reader.join()
        #expect(numbers == Array(0..<2_000))
      }
    }
  }

  private final class Reader {
    private var worker: Worker<[Int]>?
    init(_ worker: consuming Worker<[Int]>) { self.worker = consume worker }
    func join() throws -> [Int] {
      guard let worker = worker.take() else { return [] }
      return try worker.join()
    }
  }

  @Test(arguments: everyStore)
  func customersDoNotAffectEachOther(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      var fast = try producer.customer(store)
      var slow = try producer.customer(store)
      try producer.put(numbers: 0..<8)
      #expect(try fast.take(8) == Array(0..<8))
      #expect(try slow.take(3) == [0, 1, 2])
      #expect(producer.count == 5)
      try producer.put(numbers: 8..<11)
      #expect(try slow.take(8) == Array(3..<11))
      #expect(try fast.take(3) == [8, 9, 10])
      #expect(producer.count == 0)
    }
  }

  /// The end comes after every item, whenever the customer looks.
  @Test(arguments: everyStore, [Strategy.all, .skip(count: 0)])
  func theEndComesLast(store: StoreKind, strategy: Strategy) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      var customer = try producer.customer(store, strategy: strategy)
      try producer.put(numbers: 0..<8)
      producer.end()
      #expect(try customer.take() == Array(0..<8))
      for _ in 0..<3 {
        let found = Found(try customer.get(timeout: .never))
        #expect(found == .ended)
        customer.next()
      }
      let availability = try customer.waitForItem(timeout: .never)
      #expect(availability == .ended)
      #expect(customer.count == 0)
    }
  }

  @Test(arguments: everyStore, everyWait)
  func theEndWakesSleepers(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      for strategy in [Strategy.all, .latest, .skip(count: 2)] {
        var producer = try Producer.make(wait: wait)
        let ticket = try producer.source(store, strategy: strategy, wait: wait)
        let attached = try Segment.create(byteCount: 1, label: "attached")
        let sleeper = try Worker {
          var customer = try Customer(ticket)
          attached.uint32(at: 0).storeRelease(1)
          return Found(try customer.get(timeout: .never))
        }
        while attached.uint32(at: 0).loadAcquire() == 0 {}
        // Long enough for it to fall asleep, mostly.
        _ = attached.uint32(at: 4).wait(while: 0, timeoutNanoseconds: 5_000_000)
        producer.end()
        #expect(try sleeper.join() == .ended)
      }
    }
  }

  @Test(arguments: everyStore, everyWait)
  func anItemWakesSleepers(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var there = try Producer.make(capacity: 1, wait: wait)
      var back = try Producer.make(capacity: 1, wait: wait)
      let rounds = wait == .spin ? 200 : 2_000
      let ticket = try there.source(store, wait: wait)
      var answers = try back.customer(store, wait: wait)
      let echo = try Worker { [back = Box(consume back)] in
        var customer = try Customer(ticket)
        while let number = try customer.number() {
          customer.next()
          try back.value.put(numbers: number..<number + 1)
        }
        back.value.end()
      }
      for round in 0..<rounds {
        try there.put(numbers: round..<round + 1)
        #expect(try answers.number() == round)
        answers.next()
      }
      there.end()
      let last = try answers.number()
      #expect(last == nil)
      try echo.join()
    }
  }

  /// Carries a producer to the thread that will put.
  private final class Box: @unchecked Sendable {
    // Sendable: made by one thread and used by the one it is given to.
    var value: Producer<Frame>
    init(_ value: consuming Producer<Frame>) { self.value = value }
  }

  static let serializers = ["raw", "tensor", "plist", "protobuf", "json"]

  @Test(arguments: everyStore, serializers)
  func itemsOfEverySizeArriveWhole(store: StoreKind, serializer: String) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(capacity: 2, itemByteCount: 2 << 20)
      let ticket = try producer.source(store, serializer: serializer)
      let sizes = [0, 1, 47, 48, 49, 63, 64, 65, 111, 112, 113, 128, 129, 4096, 1 << 20]
      let worker = try Worker {
        var customer = try Customer(ticket)
        var frames: [Frame] = []
        while case .item(let frame) = try customer.get(timeout: patience) {
          frames.append(frame)
          customer.next()
        }
        return frames
      }
      let sent = try sizes.enumerated().map { index, size in
        try Frame(
          dtype: .uint8, shape: [size],
          timestampNanoseconds: serializer == "raw" ? 0 : Int64(index),
          metadata: serializer == "raw"
            ? [:] : ["index": .int(Int64(index)), "unit": .string("K")],
          bytes: Payload.bytes(index, count: size))
      }
      for frame in sent { #expect(try producer.put(frame, timeout: patience) == .published) }
      producer.end()
      #expect(try worker.join() == sent)
    }
  }

  @Test(arguments: [StoreKind.list, .queue, .shm])
  func whatWasPutIsASnapshot(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: 100)
      var customer = try producer.customer(store)
      for count in [8, 100] {
        var frame = try Payload.frame(1, count: count)
        _ = try producer.put(frame)
        frame.withMutableBytes { span in
          for offset in 0..<count {
            span.storeBytes(of: 0xAA, toByteOffset: offset, as: UInt8.self)
          }
        }
        let got = try customer.get(timeout: patience).value
        #expect(got.map { Payload.matches($0, 1, count: count) } == true)
        customer.next()
      }
    }
  }

  /// Where the 64-bit counters pass 2^32, and where they wrap.
  @Test(arguments: everyStore, [(1 << 32) - 5, .max - 7, .max] as [UInt64])
  func countersMayWrap(store: StoreKind, start: UInt64) throws {
    try withWatchdog {
      for strategy in [Strategy.all, .latest, .skip(count: 2)] {
        var producer = try Producer.make(capacity: 3, startingAt: start)
        var customer = try producer.customer(store, strategy: strategy)
        var numbers: [Int] = []
        for number in stride(from: 0, to: 30, by: 3) {
          try producer.put(numbers: number..<number + 3)
          #expect(producer.count == 3)
          #expect(try producer.tryPut(-1) == .timedOut)
          #expect(customer.count == 3)
          numbers += try customer.take(strategy == .all ? 3 : 1)
          #expect(customer.count == 0)
        }
        #expect(
          numbers == (strategy == .all ? Array(0..<30) : Array(stride(from: 2, to: 30, by: 3))))
        #expect(customer.skippedCount == (strategy == .all ? 0 : 20))
        producer.end()
        let last = try customer.number()
        #expect(last == nil)
        #expect(producer.publishedCount == start &+ 30)
      }
    }
  }

  @Test(arguments: everyStore)
  func threadsMayWrapTheCountersToo(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 5, startingAt: .max - 100)
      let first = try reader(producer.source(store))
      let second = try reader(producer.source(store, wait: .park))
      try producer.put(numbers: 0..<1_000)
      producer.end()
      #expect(try first.join() == Array(0..<1_000))
      #expect(try second.join() == Array(0..<1_000))
    }
  }
}
