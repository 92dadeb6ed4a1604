// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Synchronization
import Testing
import TransportPeer

@testable import Transport

/// What is passed over is never transferred.
@Suite(.timeLimit(.minutes(10))) struct TransferTests {
  /// A customer a thousand times slower than its producer: the queue encodes what it returns.
  @Test func latestOverAQueueTransfersOnlyWhatItReturns() throws {
    try withWatchdog {
      let serializer = try CountingSerializer("test-counting-queue")
      var producer = try Producer.make(capacity: 16, backpressure: .dropNewest)
      var customer = try Customer(
        producer.source(.queue, serializer: serializer.name, strategy: .latest))
      for round in 1...20 {
        // Each get passes over what filled the ring; the rest was dropped and counted.
        for number in 0..<1000 { _ = try producer.put(Payload.number(number), timeout: .now) }
        #expect(try customer.number() == 15)
        customer.next()
        #expect(serializer.encoded.load(ordering: .relaxed) == round)
      }
      #expect(customer.skippedCount == 20 * 15)
      #expect(producer.droppedCount == 20 * (1000 - 16))
    }
  }

  /// In shared memory every item is encoded once, at the put, and decoded when it is returned.
  @Test(arguments: [Strategy.latest, .skip(count: 9)])
  func sharedMemoryDecodesOnlyWhatItReturns(strategy: Strategy) throws {
    try withWatchdog {
      let serializer = try CountingSerializer(
        strategy == .latest ? "test-counting-latest" : "test-counting-skip")
      var producer = try Producer.make(capacity: 100)
      let others = try (0..<2).map { _ in try producer.source(.shm, serializer: serializer.name) }
      var customer = try Customer(
        producer.source(.shm, serializer: serializer.name, strategy: strategy))
      try producer.put(numbers: 0..<100)
      producer.end()
      var returned = 0
      while try customer.number() != nil {
        customer.next()
        returned += 1
      }
      #expect(returned == (strategy == .latest ? 1 : 10))
      #expect(serializer.decoded.load(ordering: .relaxed) == returned)
      #expect(serializer.encoded.load(ordering: .relaxed) == 100, "once for three customers")
      #expect(others.count == 2)
    }
  }
}
