// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A limit in payload bytes beside the count of items, the same in every store.
@Suite(.timeLimit(.minutes(10))) struct ByteBudgetTests {
  private static func make(
    budget: Int, capacity: Int = 100, backpressure: Backpressure = .block,
    startingAt start: UInt64 = 0
  ) throws -> Producer<Frame> {
    try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity, arenaByteCount: 1 << 20, backpressure: backpressure,
        byteBudget: budget), startingAt: start)
  }

  /// A put goes ahead as soon as the slowest customer released enough, and not a byte earlier: held
  /// against a plain sum, over items of every size and many laps.
  @Test(arguments: everyStore, [1, 2, 8, 100])
  func theBudgetIsExact(store: StoreKind, capacity: Int) throws {
    try withWatchdog {
      for start in [0, .max - 20] as [UInt64] {
        let budget = 1_000
        var producer = try Self.make(budget: budget, capacity: capacity, startingAt: start)
        var fast = try producer.customer(store)
        var slow = try producer.customer(store)
        var held: [Int] = []
        var random = 12345
        for index in 0..<400 {
          random = random &* 1_103_515_245 &+ 12345
          let size = index % 50 == 49 ? budget : (random >> 8) & 511
          let frame = try Payload.frame(index, count: size)
          var fits = held.count < capacity && held.reduce(0, +) + size <= budget
          while !fits {
            #expect(try producer.put(frame, timeout: .now) == .timedOut)
            slow.next()
            held.removeFirst()
            fits = held.count < capacity && held.reduce(0, +) + size <= budget
          }
          #expect(try producer.put(frame, timeout: .now) == .published)
          held.append(size)
          #expect(producer.count == held.count)
          #expect(
            producer.isFull == (held.count == capacity || held.reduce(0, +) == budget))
          fast.next()
        }
      }
    }
  }

  @Test(arguments: everyStore)
  func atTheLimitTheBackpressureDecides(store: StoreKind) throws {
    try withWatchdog {
      let frame = try Payload.frame(0, count: 400)
      for backpressure in Backpressure.allCases {
        var producer = try Self.make(budget: 1_000, backpressure: backpressure)
        var customer = try producer.customer(store)
        for _ in 0..<2 { #expect(try producer.put(frame) == .published) }
        switch backpressure {
        case .block:
          #expect(try producer.put(frame, timeout: .after(nanoseconds: 1_000_000)) == .timedOut)
        case .dropNewest: #expect(try producer.put(frame) == .dropped)
        case .fail: #expect(thrownCode { _ = try producer.put(frame) } == .full)
        case .dropOldest:
          #expect(try producer.put(frame) == .published)
          #expect(customer.droppedCount == 1)
        }
        #expect(producer.count == 2)
        // What is smaller still goes.
        #expect(try producer.put(Payload.frame(1, count: 200)) == .published)
        #expect(producer.isFull == true)
        _ = try customer.get(timeout: patience)
        customer.next()
        #expect(producer.isFull == false)
      }
    }
  }

  @Test(arguments: everyStore, Backpressure.allCases)
  func whatNeverFitsIsAnError(store: StoreKind, backpressure: Backpressure) throws {
    try withWatchdog {
      var producer = try Self.make(budget: 1_000, backpressure: backpressure)
      let customer = try producer.customer(store)
      #expect(thrownCode { _ = try producer.put(Payload.frame(0, count: 1_001)) } == .tooLarge)
      #expect(producer.droppedCount == 0 && producer.count == 0)
      #expect(try producer.put(Payload.frame(0, count: 1_000)) == .published)
      #expect(customer.count == 1)
    }
  }

  @Test(arguments: everyStore, everyWait)
  func aBlockedPutIsWokenByTheBytes(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer<Frame>(
        ProducerConfiguration(
          capacity: 64, arenaByteCount: 1 << 16, wait: wait, byteBudget: 1_000))
      let first = try reader(producer.source(store, wait: wait))
      let second = try reader(producer.source(store, wait: wait))
      for index in 0..<500 {
        let frame = try Payload.frame(index, count: 1 + index &* 7 % 999)
        #expect(try producer.put(frame, timeout: patience) == .published)
      }
      producer.end()
      #expect(try first.join().count == 500)
      #expect(try second.join().count == 500)
    }
  }

  /// Plain bytes count as many as they are, borrowed room all of it, refused items nothing.
  @Test func bytesCountToo() throws {
    try withWatchdog {
      struct Refused: Error {}
      for capacity in [1, 4] {
        var producer = try Self.make(budget: 100, capacity: capacity)
        var customer = try producer.customer(.shm)
        let bytes = Payload.bytes(0, count: 100)
        for _ in 0..<10 {
          for _ in 0..<3 {
            #expect(throws: Refused.self) {
              try producer.put(byteCount: 60) { (_) throws(Refused) in throw Refused() }
            }
          }
          #expect(try producer.put(byteCount: 60, timeout: .now) { _ in 10 } == .published)
          #expect(try producer.put(bytes: bytes[0..<41].bytes, timeout: .now) == .timedOut)
          if capacity > 1 {
            #expect(try producer.put(bytes: bytes[0..<40].bytes, timeout: .now) == .published)
            #expect(try producer.put(bytes: bytes[0..<1].bytes, timeout: .now) == .timedOut)
            customer.next()
          }
          customer.next()
        }
        #expect(thrownCode { _ = try producer.put(byteCount: 101) { _ in 0 } } == .tooLarge)
      }
    }
  }

  struct Weighed: TransportItem, Equatable {
    var weight: Int
    var payloadByteCount: Int { weight }
    func encodedByteCount(with serializer: any Serializer) -> Int? { 8 }
    func encode(
      with serializer: any Serializer, into destination: inout MutableRawSpan
    ) throws(SerializationError) -> Int {
      destination.storeBytes(of: Int64(weight), as: Int64.self)
      return 8
    }
    func encode(
      with serializer: any Serializer, into buffer: inout EncodeBuffer
    ) throws(SerializationError) {
      throw SerializationError(.unsupportedValue, "sized")
    }
    static func decode(
      _ bytes: RawSpan, with serializer: any Serializer
    ) throws(SerializationError) -> Weighed {
      Weighed(weight: Int(bytes.unsafeLoadUnaligned(as: Int64.self)))
    }
    static var requiredCapabilities: SerializerCapabilities { [] }
  }

  @Test(arguments: everyStore)
  func itemsSayWhatTheyWeigh(store: StoreKind) throws {
    try withWatchdog {
      let configuration = ProducerConfiguration(
        capacity: 10, arenaByteCount: 4096, byteBudget: 100)
      var producer = try Producer<Weighed>(configuration)
      let source = SourceConfiguration(store: store, serializer: "raw")
      var customer = try Customer(producer.makeSource(source))
      let results = try [60, 41, 40, 0].map { try producer.put(Weighed(weight: $0), timeout: .now) }
      #expect(results == [.published, .timedOut, .published, .published])
      #expect(try customer.get(timeout: patience).value == Weighed(weight: 60))
      // A value counts as its own memory, whatever it refers to.
      let text = String(repeating: "long ", count: 1_000)
      #expect(CodableItem(text).payloadByteCount == 16)
      #expect(CodableItem(Int64(1)).payloadByteCount == 8)
      var other = try Producer<CodableItem<Int64>>(configuration)
      let values = try Customer(
        other.makeSource(SourceConfiguration(store: store, serializer: "json")))
      var published = 0
      for number in 0..<10 {
        published += try other.put(CodableItem(Int64(number)), timeout: .now) == .published ? 1 : 0
      }
      #expect(published == 10 && values.count == 10)
    }
  }

  @Test(arguments: [0, -1, .min])
  func anImpossibleBudgetIsRefused(budget: Int) {
    #expect(thrownCode { _ = try Self.make(budget: budget) } == .invalidArgument)
  }
}
