// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing

@testable import Transport

@Suite struct TransportErrorTests {
  @Test(arguments: [
    TransportError.corruptSlot(7), .tooLarge(10, room: 5),
    TransportError(SerializationError(.malformed, "a\nb", remoteCause: "c\nd")),
    TransportError(SharedMemoryError(.corrupt, "damaged; start anew")),
  ])
  func descriptionsAreOneLineWithARemedy(error: TransportError) {
    #expect(!error.description.contains("\n"))
    #expect(error.description.count > 10)
  }

  @Test func causesAreKept() {
    let serialization = SerializationError(.malformed, "bad")
    #expect(TransportError(serialization).code == .serialization(serialization))
    let memory = SharedMemoryError(.outOfMemory, "none")
    #expect(TransportError(memory).code == .sharedMemory(memory))
  }

  @Test(arguments: [Strategy.all, .latest, .skip(count: 3)])
  func configurationsRoundTrip(strategy: Strategy) throws {
    let source = SourceConfiguration(
      store: .queue, serializer: "tensor", strategy: strategy, wait: .spinThenPark(spins: 7))
    #expect(
      try JSONDecoder().decode(SourceConfiguration.self, from: JSONEncoder().encode(source))
        == source)
    let producer = ProducerConfiguration(capacity: 3, arenaByteCount: 64, backpressure: .dropNewest)
    #expect(
      try JSONDecoder().decode(ProducerConfiguration.self, from: JSONEncoder().encode(producer))
        == producer)
  }

  @Test func deliveriesHoldTheirValue() {
    #expect(Delivery.item(1).value == 1 && Delivery.byDefault(2).value == 2)
    #expect(Delivery<Int>.timedOut.value == nil && Delivery<Int>.ended.value == nil)
  }
}
