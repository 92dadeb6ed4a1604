// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Putting in batches publishes what single puts would.
@Suite(.timeLimit(.minutes(10))) struct BatchedPutTests {
  private struct Refusal: Error {}

  private static func producer(
    capacity: Int, byteBudget: Int? = nil, backpressure: Backpressure = .block,
    wait: WaitStrategy = .standard
  ) throws -> Producer<Frame> {
    try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity,
        arenaByteCount: ProducerConfiguration.arenaByteCount(depth: capacity, itemByteCount: 5000),
        customerLimit: 4, backpressure: backpressure, wait: wait, byteBudget: byteBudget))
  }

  private static func customer(
    _ producer: inout Producer<Frame>, wait: WaitStrategy = .standard
  ) throws -> Customer<Frame> {
    try Customer(
      producer.makeSource(
        SourceConfiguration(store: .shm, serializer: "raw", wait: wait)))
  }

  /// Puts numbers of `byteCount` bytes each.
  private static func put(
    _ producer: inout Producer<Frame>, _ numbers: Range<Int>, byteCount: Int,
    timeout: Timeout = .now
  ) throws -> BatchResult {
    try producer.putBatch(upTo: numbers.count, byteCount: byteCount, timeout: timeout) {
      place, room in
      room.storeBytes(of: numbers.lowerBound + place, as: Int.self)
      return byteCount
    }
  }

  private static func take(_ customer: inout Customer<Frame>) throws -> [Int] {
    var numbers: [Int] = []
    while case .item(let number) = try customer.readBytes(
      timeout: .now, { $0.unsafeLoadUnaligned(as: Int.self) })
    {
      numbers.append(number)
      customer.next()
    }
    return numbers
  }

  @Test(arguments: [8, 48, 112, 113, 5000], [1, 7, 64])
  func batchesFillTheRingAndNoMore(byteCount: Int, capacity: Int) throws {
    try withWatchdog {
      var producer = try Self.producer(capacity: capacity)
      var customer = try Self.customer(&producer)
      var sent = 0
      for size in [1, 3, 16, 200, 5, 64, 9] {
        let before = producer.count
        let result = try Self.put(&producer, sent..<sent + size, byteCount: byteCount)
        #expect(result.count == min(size, capacity - before))
        #expect((result.refusal == nil) == (result.count == size))
        sent += result.count
        #expect(producer.publishedCount == UInt64(sent))
        if size == 200 || size == 64 {
          let due = Array(sent - producer.count..<sent)
          #expect(try Self.take(&customer) == due)
        }
      }
      producer.end()
      _ = try Self.take(&customer)
      #expect(customer.count == 0)
    }
  }

  @Test(arguments: [8, 5000])
  func whatIsFilledBeforeARefusalIsPublished(byteCount: Int) throws {
    try withWatchdog {
      var producer = try Self.producer(capacity: 64)
      var customer = try Self.customer(&producer)
      #expect(throws: Refusal.self) {
        try producer.putBatch(upTo: 10, byteCount: byteCount) { place, room in
          if place == 4 { throw Refusal() }
          room.storeBytes(of: place, as: Int.self)
          return byteCount
        }
      }
      #expect(producer.count == 4)
      #expect(try Self.put(&producer, 4..<10, byteCount: byteCount).count == 6)
      #expect(try Self.take(&customer) == Array(0..<10))
    }
  }

  /// Sizes that travel in slots and in the arena, mixed: the arena must get all of its room back.
  @Test func theArenaIsGivenBack() throws {
    try withWatchdog {
      var producer = try Self.producer(capacity: 16)
      var customer = try Self.customer(&producer)
      var sent = 0
      for round in 0..<200 {
        let byteCount = [8, 5000, 100, 3000][round % 4]
        let size = 1 + round % 16
        let result = try Self.put(&producer, sent..<sent + size, byteCount: byteCount)
        #expect(result.count == size)
        #expect(try Self.take(&customer) == Array(sent..<sent + size))
        sent += size
      }
    }
  }

  @Test func aByteBudgetHolds() throws {
    try withWatchdog {
      var producer = try Self.producer(capacity: 64, byteBudget: 100)
      var customer = try Self.customer(&producer)
      var numbers: [Int] = []
      var sent = 0
      while numbers.count < 50 {
        let count = try Self.put(&producer, sent..<sent + 16, byteCount: 30).count
        sent += count
        #expect(producer.count <= 3)
        if count == 0 {
          #expect(producer.count == 3)
          numbers += try Self.take(&customer)
        }
      }
      #expect(numbers == Array(0..<numbers.count))
    }
  }

  @Test func aListCustomerNeedsItems() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4)
      let customer = try producer.customer(.list)
      defer { withExtendedLifetime(customer) {} }
      #expect(throws: TransportError.self) {
        try Self.put(&producer, 0..<2, byteCount: 8)
      }
      #expect(producer.count == 0)
    }
  }

  /// Batches against a customer on another thread that sleeps as soon as it can.
  @Test(arguments: [WaitStrategy.spin, .standard, .park], [1, 2, 100])
  func everyItemArrivesOnce(wait: WaitStrategy, capacity: Int) throws {
    try withWatchdog {
      var producer = try Self.producer(capacity: capacity, wait: wait)
      let ticket = try producer.makeSource(
        SourceConfiguration(store: .shm, serializer: "raw", wait: wait))
      let count = 20_000
      let reader = try NativeThread {
        guard var customer = try? Customer(ticket) else { return }
        var due = 0
        var isInOrder = true
        while let read = try? customer.readBatch(
          upTo: 50,
          {
            isInOrder = isInOrder && $0.unsafeLoadUnaligned(as: Int.self) == due
            due += 1
          }), case .item = read
        {}
        #expect(isInOrder && due == count)
      }
      var sent = 0
      while sent < count {
        let next = sent..<min(count, sent + 16)
        sent += try Self.put(&producer, next, byteCount: 8, timeout: .never).count
      }
      producer.end()
      reader.join()
    }
  }
}
