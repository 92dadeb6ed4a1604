// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

@Suite(.timeLimit(.minutes(10))) struct SharedMemoryStoreTests {
  /// Thousands of items of mixed sizes through an arena that holds a few of them.
  @Test(arguments: [1024, 2048, 5056], [1, 16])
  func theArenaIsUsedRoundAndRound(arena: Int, capacity: Int) throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: capacity, arenaByteCount: arena))
      let size: @Sendable (Int) -> Int = { ($0 &* 37 &+ $0 / 7) % 1000 }
      let count = 2_000
      let tickets = [try producer.source(.shm), try producer.source(.shm, wait: .park)]
      let body: @Sendable (SourceTicket<Frame>) throws -> Int = { ticket in
        var customer = try Customer(ticket)
        var number = 0
        while true {
          let read = try customer.readBytes(timeout: patience) { span in
            span.byteCount == size(number) && Payload.matches(span, number)
          }
          guard read.value == true else { return number }
          number += 1
          customer.next()
        }
      }
      let (first, second) = (tickets[0], tickets[1])
      let one = try Worker { try body(first) }
      let other = try Worker { try body(second) }
      for number in 0..<count {
        let bytes = Payload.bytes(number, count: size(number))
        let result =
          number % 3 == 0
          ? try producer.put(byteCount: 1000, timeout: patience) { span in
            for (offset, byte) in bytes.enumerated() {
              span.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
            return bytes.count
          } : try producer.put(bytes: bytes.bytes, timeout: patience)
        guard result == .published else { throw Stalled() }
      }
      producer.end()
      #expect(try one.join() == count)
      #expect(try other.join() == count)
    }
  }

  @Test(arguments: [Backpressure.block, .dropNewest, .fail])
  func anItemThatNeverFitsIsAnError(backpressure: Backpressure) throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 4, arenaByteCount: 4096, backpressure: backpressure))
      var customer = try producer.customer(.shm)
      let codes = [
        thrownCode { _ = try producer.put(Payload.frame(0, count: 4097), timeout: .never) },
        thrownCode { _ = try producer.putNowait(Payload.frame(0, count: 100_000)) },
        thrownCode { _ = try producer.put(byteCount: .max, timeout: .never) { _ in 0 } },
        thrownCode { _ = try producer.put(byteCount: .max - 62, timeout: .never) { _ in 0 } },
        thrownCode { _ = try producer.put(byteCount: .max / 2, timeout: .never) { _ in 0 } },
      ]
      #expect(codes == Array(repeating: .tooLarge, count: 5))
      #expect(producer.droppedCount == 0)
      _ = try producer.put(Payload.frame(1, count: 4096))
      let got = try customer.get(timeout: .never).value
      #expect(got.map { Payload.matches($0, 1, count: 4096) } == true)
    }
  }

  /// Bytes are a limit beside the count of items.
  @Test func aFullArenaIsLikeAFullRing() throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 100, arenaByteCount: 512))
      var customer = try producer.customer(.shm)
      let put = { (producer: inout Producer<Frame>, number: Int) in
        try producer.putNowait(Payload.frame(number, count: 200))
      }
      #expect(try put(&producer, 0) == .published)
      #expect(try put(&producer, 1) == .published)
      #expect(try put(&producer, 2) == .dropped)
      // Small ones still go: they travel in their slots.
      #expect(try producer.tryPut(3) == .published)
      customer.next()
      #expect(try put(&producer, 4) == .published)
      #expect(producer.droppedCount == 1)
    }
  }

  /// Many failures in a row take no room.
  @Test func aFillerThatThrowsLeavesNoTrace() throws {
    try withWatchdog {
      struct Refused: Error {}
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 4, arenaByteCount: 1024))
      var customer = try producer.customer(.shm)
      for round in 0..<50 {
        for byteCount in [8, 112, 113, 1024] {
          #expect(throws: Refused.self) {
            try producer.put(byteCount: byteCount) { (_) throws(Refused) in throw Refused() }
          }
        }
        #expect(producer.publishedCount == UInt64(round))
        let frame = try Payload.frame(round, count: round % 2 == 0 ? 1000 : 10)
        #expect(try producer.put(frame, timeout: patience) == .published)
        let got = try customer.get(timeout: patience).value
        #expect(got == frame)
        customer.next()
      }
    }
  }

  /// Each word of a slot, damaged: an error with every way to read, and never a crash.
  @Test(
    arguments: [
      (8, 0), (8, 3 << 56), (8, 1 << 56 | 113), (8, .max), (8, 2 << 56 | 4097),
      (8, 2 << 56 | 1 << 55),
      (8, 2 << 56 | 1 << 40), (16, 4096), (16, 4000), (16, .max), (16, .max - 199), (16, 1 << 63),
    ] as [(Int, UInt64)])
  func aDamagedSlotIsAnError(offset: Int, word: UInt64) throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 4, arenaByteCount: 4096))
      let ticket = try producer.source(.shm)
      var customer = try Customer(ticket)
      _ = try producer.put(Payload.frame(0, count: 200))
      _ = try producer.put(Payload.frame(1, count: 200))
      let slots = ticket.control.layout.slotsOffset
      ticket.control.segment.uint64(at: slots + offset).storeRelaxed(word)
      let codes = [
        thrownCode { _ = try customer.get(timeout: patience) },
        thrownCode { _ = try customer.readBytes(timeout: patience) { _ in } },
        thrownCode { _ = try customer.read(timeout: patience) { _, _ in } },
      ]
      #expect(codes == [.corrupt, .corrupt, .corrupt])
      // The next one is whole.
      customer.next()
      let got = try customer.get(timeout: patience).value
      #expect(got.map { Payload.matches($0, 1, count: 200) } == true)
    }
  }

  /// An item that was published and is not in its slot would otherwise be waited for, for ever.
  @Test(arguments: everyWait)
  func aDamagedSequenceIsAnError(wait: WaitStrategy) throws {
    try withWatchdog {
      for (strategy, isEnded) in [(Strategy.all, false), (.all, true), (.latest, false)] {
        var producer = try Producer.make()
        let ticket = try producer.source(.shm, strategy: strategy, wait: wait)
        var customer = try Customer(ticket)
        try producer.put(numbers: 0..<1)
        if isEnded { producer.end() }
        // A slot as it was before the item is damage only where the head says more.
        let values: [UInt64] = strategy == .all && !isEnded ? [2, .max] : [0, 2, .max]
        for value in values {
          ticket.control.slots.sequence(0).storeRelaxed(value)
          let code = thrownCode { _ = try customer.get(timeout: .never) }
          #expect(code == .corrupt)
        }
      }
    }
  }
}
