// SPDX-License-Identifier: Apache-2.0
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A producer that drops the oldest item, and customers that borrow, sleep or die at the same time.
@Suite(.timeLimit(.minutes(10))) struct DropOldestRaceTests {
  /// What one customer saw of a stream.
  struct Seen: Sendable {
    var got = 0
    var skipped = 0
    var dropped = 0
    var isWhole = true
    var isInOrder = true
    var last = -1

    func accounts(for published: UInt64) -> Bool {
      UInt64(got + skipped + dropped) == published
    }
  }

  static let byteCount = 200

  /// Every byte says which item it is of, and the first eight say it in clear.
  static func frame(_ index: Int) throws -> Frame {
    var frame = try Payload.frame(index, count: byteCount)
    frame.withMutableBytes { $0.storeBytes(of: Int64(index), as: Int64.self) }
    return frame
  }

  static func isWhole(_ bytes: RawSpan, _ index: Int) -> Bool {
    guard bytes.byteCount == byteCount, index >= 0, index < frames.count else { return false }
    return frames[index].withPayload { expected in
      for offset in stride(from: 0, to: byteCount, by: 8)
      where bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        != expected.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      {
        return false
      }
      return true
    }
  }

  static let frames = (0..<30_000).map { try! frame($0) }

  /// Reads to the end, and every borrowed item twice: once when it is got and once a while later.
  static func watch(_ customer: consuming Customer<Frame>, seed: Int) throws -> Seen {
    var seen = Seen()
    var turn = seed
    while true {
      let first = try customer.read(timeout: patience) { _, bytes in
        Int(bytes.unsafeLoadUnaligned(as: Int64.self))
      }
      guard let number = first.value else {
        guard Found(first) == .ended else { throw Stalled() }
        seen.skipped = customer.skippedCount
        seen.dropped = customer.droppedCount
        return seen
      }
      turn = turn &* 1_103_515_245 &+ 12345
      if turn & 7 == 0 { _ = sched_yield() }
      for _ in 0..<(turn >> 8) & 63 { _ = customer.isEmpty }
      let second = try customer.read(timeout: .never) { _, bytes in isWhole(bytes, number) }
      seen.isWhole = seen.isWhole && second.value == true
      seen.isInOrder = seen.isInOrder && number > seen.last
      seen.last = number
      seen.got += 1
      customer.next()
    }
  }

  @Test(arguments: everyStore, everyWait)
  func borrowedItemsStayWholeAndEveryItemIsAccountedFor(
    store: StoreKind, wait: WaitStrategy
  ) throws {
    try withWatchdog(seconds: 240) {
      for (capacity, strategy) in [
        (1, Strategy.all), (3, .all), (8, .all), (3, .latest), (8, .skip(count: 2)),
      ] {
        var producer = try Producer.make(
          capacity: capacity, itemByteCount: Self.byteCount, backpressure: .dropOldest, wait: wait)
        let tickets = try (0..<2).map { _ in
          try producer.source(store, strategy: strategy, wait: wait)
        }
        let (one, other) = (tickets[0], tickets[1])
        let first = try Worker { try Self.watch(Customer(one), seed: 1) }
        let second = try Worker { try Self.watch(Customer(other), seed: 2) }
        let count = wait == .spin ? 3_000 : Self.frames.count
        for index in 0..<count {
          let result = try producer.put(Self.frames[index], timeout: .never)
          #expect(result == .published || result == .dropped)
          if index & 1023 == 0 { usleep(200) }
        }
        producer.end()
        for seen in [try first.join(), try second.join()] {
          #expect(seen.isWhole && seen.isInOrder, "\(capacity) \(strategy) \(seen)")
          #expect(seen.accounts(for: producer.publishedCount), "\(capacity) \(strategy) \(seen)")
          #expect(seen.got > 0)
        }
      }
    }
  }

  /// Each item is taken away from a sleeper, over and over, until one is left for it.
  @Test(arguments: everyStore, everyWait)
  func aSleeperWakesForWhatIsLeft(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      for round in 0..<20 {
        var producer = try Producer.make(capacity: 1, backpressure: .dropOldest, wait: wait)
        let ticket = try producer.source(store, wait: wait)
        let sleeper = try Worker {
          var customer = try Customer(ticket)
          var numbers: [Int] = []
          while let number = try customer.number() {
            numbers.append(number)
            customer.next()
          }
          return (numbers, customer.droppedCount)
        }
        usleep(round % 2 == 0 ? 2_000 : 0)
        for number in 0..<50 { _ = try producer.tryPut(number) }
        let published = producer.publishedCount
        producer.end()
        let (numbers, dropped) = try sleeper.join()
        #expect(numbers == numbers.sorted() && !numbers.isEmpty)
        #expect(numbers.count + dropped == Int(published))
      }
    }
  }

  /// The producer died between taking a lease and giving it back, before or after it moved the cursor.
  @Test(arguments: everyStore, everyWait)
  func aLeaseOfADeadProducerIsTakenOver(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      for isMoved in [false, true] where store == .shm || !isMoved {
        var producer: Producer<Frame>? = try Producer.make(
          capacity: 4, backpressure: .dropOldest, wait: wait)
        let ticket = try producer!.source(store, wait: wait)
        var customer = try Customer(ticket)
        try producer!.put(numbers: 0..<4)
        let line = ticket.control.customer(0)
        line.lease.storeRelease(CustomerLine.Lease.producer.rawValue)
        if isMoved { line.cursor.storeRelease(1) }
        // While it lives it is only slow.
        let slow = [
          Found(try customer.get(timeout: .now)),
          Found(try customer.get(timeout: .after(nanoseconds: 60_000_000))),
        ]
        #expect(slow == [.timedOut, .timedOut])
        producer = nil
        var numbers: [Int] = []
        let code = thrownCode {
          while let number = try customer.number() {
            numbers.append(number)
            customer.next()
          }
        }
        #expect(code == .producerGone)
        // A queue's items went with their process.
        #expect(numbers == (store == .queue ? [] : isMoved ? [1, 2, 3] : [0, 1, 2, 3]))
      }
    }
  }

  @Test(arguments: everyStore, [3, 77, .max] as [UInt32])
  func aDamagedLeaseIsAnError(store: StoreKind, word: UInt32) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2, backpressure: .dropOldest)
      let ticket = try producer.source(store)
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<2)
      ticket.control.customer(0).lease.storeRelease(word)
      #expect(thrownCode { _ = try customer.get(timeout: .never) } == .corrupt)
      customer.next()
      for number in 2..<9 { #expect(try producer.tryPut(number) == .dropped) }
      // A cursor that says the impossible takes nothing away and takes no time.
      ticket.control.customer(0).lease.storeRelease(CustomerLine.Lease.free.rawValue)
      ticket.control.customer(0).cursor.storeRelease(0 &- 1 << 40)
      #expect(try producer.tryPut(9) == .dropped)
      ticket.control.customer(0).cursor.storeRelease(1 << 63)
      _ = try producer.tryPut(9)
    }
  }

  /// The place of a customer that left while it borrowed is as good as new.
  @Test(arguments: everyStore)
  func aLeaseEndsWithItsCustomer(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2, backpressure: .dropOldest, customerLimit: 1)
      for _ in 0..<3 {
        var customer = try producer.customer(store)
        #expect(customer.droppedCount == 0)
        try producer.put(numbers: 0..<3)
        #expect(customer.droppedCount == 1)
        #expect(try customer.number() == 1)
        #expect(try producer.tryPut(3) == .dropped)
        _ = consume customer
        #expect(try producer.tryPut(4) == .published)
        #expect(producer.count == 0)
      }
    }
  }

  @Test func unknownRulesAreRefused() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2)
      let ticket = try producer.source(.shm)
      ticket.control.rules.storeRelease(1 << 31)
      #expect(thrownCode { _ = try Customer(ticket) } == .unsupported)
    }
  }
}
