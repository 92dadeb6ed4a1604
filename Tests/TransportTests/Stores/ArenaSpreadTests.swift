// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Where payloads lie in the arena: small ones go on round it, large ones always find a whole stretch.
@Suite struct ArenaSpreadTests {
  @Test func arenasHoldWhatWasAskedForAndSpreadWhatIsSmall() {
    func arena(_ depth: Int, _ size: Int) -> Int {
      ProducerConfiguration.spreadArenaByteCount(depth: depth, itemByteCount: size)
    }
    #expect(arena(64, 112) == 0)
    #expect(arena(64, 1000) == 64 * 1024)
    #expect(arena(2, 1024) == RingLayout.spreadByteCount)
    #expect(arena(1024, 1 << 20) == 1 << 30)
    #expect((1 << 20...1 << 25).contains(RingLayout.spreadByteCount))
  }

  /// An item put and taken at once goes on to the next place, and so round the arena.
  @Test func smallPayloadsGoRoundTheArena() throws {
    var producer = try Producer<Frame>(ProducerConfiguration(capacity: 4, arenaByteCount: 4096))
    var customer = try producer.customer(.shm)
    var places: [Int] = []
    for number in 0..<20 {
      let place = producer.shared.offset
      try producer.publish(Self.loan(&producer, 256))
      places.append(producer.shared.offset - 256)
      #expect(places.last == (place == 4096 ? 0 : place), "item \(number)")
      customer.next()
      _ = producer.refreshRoom(.least)
    }
    #expect(Set(places).count == 16)
  }

  /// Half the arena twice fits into one that is known to be empty, whatever went before.
  @Test(arguments: [64, 192, 500])
  func largePayloadsStartAtTheFront(before: Int) throws {
    var producer = try Producer<Frame>(ProducerConfiguration(capacity: 4, arenaByteCount: 4096))
    var customer = try producer.customer(.shm)
    for _ in 0..<5 {
      try producer.publish(Self.loan(&producer, max(before, 113)))
      customer.next()
      // Looks at the customer, as a producer that needs room does.
      _ = producer.refreshRoom(.least)
      for _ in 0..<2 { try producer.publish(Self.loan(&producer, 2048)) }
      for _ in 0..<2 { customer.next() }
    }
    let published = producer.publishedCount
    #expect(published == 15)
  }

  private static func loan(_ producer: inout Producer<Frame>, _ byteCount: Int) throws -> Loan {
    switch try producer.loan(byteCount: byteCount, timeout: .now) {
    case .granted(let loan): return loan
    case .refused: throw Stalled()
    }
  }
}
