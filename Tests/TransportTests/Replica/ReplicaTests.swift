// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A ring that is copied into another: to its customers it is like any other.
@Suite(.timeLimit(.minutes(10))) struct ReplicaTests {
  /// Inline in a line, in two, beyond them, and larger than a few pages.
  @Test(arguments: [8, 48, 112, 113, 4096, 300_000], everyWait)
  func everyByteArrivesInOrder(byteCount: Int, wait: WaitStrategy) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4, itemByteCount: byteCount, wait: wait)
      var replica = try Replica(of: producer.customer(.shm, wait: wait))
      let readers = try [replica.makeSource(wait: wait), replica.makeSource(wait: wait)].map {
        try reader($0, byteCount: byteCount)
      }
      let relay = try relay(replica)
      let count = byteCount > 10_000 ? 20 : 300
      for index in 0..<count {
        let bytes = Payload.numbered(index, count: byteCount)
        #expect(try producer.put(bytes: bytes.bytes, timeout: patience) == .published)
      }
      producer.end()
      #expect(try relay.outcome() == Relayed(carried: UInt64(count)))
      for reader in readers { #expect(try reader.items() == Array(0..<count)) }
      let isDrained = producer.drain(timeout: .now)
      #expect(isDrained)
    }
  }

  /// Frames keep what their serializer wrote; items of before the replica's customers are theirs too.
  @Test(arguments: ["large", "medium", "small"])
  func whatASerializerWroteIsDecodedOnTheOtherSide(serializer: String) throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: 1024)
      var replica = try Replica(of: Customer(producer.source(.shm, serializer: serializer)))
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<5)
      #expect(try replica.carry(timeout: .now).value == 5)
      #expect(try replica.carry(timeout: .now).value == nil)
      producer.end()
      try replica.run()
      #expect(try customer.take() == [0, 1, 2, 3, 4])
      let isDrained = replica.drain(timeout: .now)
      #expect(isDrained && producer.count == 0)
    }
  }

  @Test func aLimitIsKeptAndTheRestStays() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      var replica = try Replica(of: producer.customer(.shm))
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<8)
      #expect(try replica.carry(upTo: 3).value == 3)
      #expect(producer.count == 5 && replica.carriedCount == 3)
      #expect(try customer.take(3) == [0, 1, 2])
      let more = Found(try customer.get(timeout: .now))
      #expect(more == .timedOut)
      _ = try replica.carry()
      #expect(try customer.take(5) == [3, 4, 5, 6, 7])
    }
  }

  /// A full replica holds up its producer, and tells who runs it in time; nothing is lost by that.
  @Test func aFullReplicaHoldsItsProducerUp() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4)
      var replica = try Replica(of: producer.customer(.shm))
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<4)
      #expect(try replica.carry().value == 4)
      try producer.put(numbers: 4..<8)
      for timeout in [Timeout.now, .after(nanoseconds: 1_000_000)] {
        let found = Found(try replica.carry(timeout: timeout))
        #expect(found == .timedOut)
      }
      #expect(try producer.tryPut(8) == .timedOut)
      #expect(try customer.take(1) == [0])
      #expect(try replica.carry().value == 1)
      #expect(try producer.tryPut(8) == .published)
      producer.end()
      let relay = try relay(replica)
      #expect(try customer.take() == Array(1..<9))
      #expect(try relay.outcome() == Relayed(carried: 9))
    }
  }

  @Test func whatAReplicaDropsIsCountedInItsRing() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      let source = try producer.customer(.shm)
      var configuration = Replica.configuration(like: source)
      configuration.capacity = 2
      configuration.backpressure = .dropNewest
      var replica = try Replica(of: source, configuration)
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<8)
      #expect(try replica.carry().value == 8)
      #expect(replica.carriedCount == 2 && replica.discardedCount == 6)
      #expect(replica.droppedCount == 6 && producer.droppedCount == 0)
      producer.end()
      try replica.run()
      #expect(try customer.take() == [0, 1])
    }
  }

  /// Both rings take the oldest away: what a customer misses is counted by one of them.
  @Test func theOldestAreTakenFromReplicasToo() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4, backpressure: .dropOldest)
      var replica = try Replica(of: producer.customer(.shm))
      var customer = try Customer(replica.makeSource())
      for round in 0..<3 {
        for number in 0..<6 { #expect(try producer.tryPut(round * 6 + number) == .published) }
        while case .item = try replica.carry(timeout: .now) {}
      }
      #expect(replica.missedCount == 3 * 2 && replica.carriedCount == 12)
      producer.end()
      try replica.run()
      #expect(try customer.take() == Array(14..<18))
      #expect(customer.droppedCount == 8 && replica.discardedCount == 0)
    }
  }

  /// A replica of a replica, and one that is found by its name alone.
  @Test func replicasAreChainedAndPublished() throws {
    try withWatchdog {
      let scratch = NameScratch()
      var producer = try Producer.make()
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      var near = try Replica(of: Customer<Frame>(attaching: "ring", in: scratch.directory))
      try near.publish(as: "near", in: scratch.directory)
      var far = try Replica(of: Customer<Frame>(attaching: "near", in: scratch.directory))
      try far.publish(as: "far", in: scratch.directory)
      var customer = try Customer<Frame>(attaching: "far", in: scratch.directory)
      try producer.put(numbers: 0..<6)
      #expect(try near.carry().value == 6)
      #expect(try far.carry().value == 6)
      producer.end()
      try near.run()
      try far.run()
      #expect(try customer.take() == Array(0..<6))
    }
  }

  @Test func whatCannotBeReplicatedIsRefused() throws {
    try withWatchdog {
      for store in [StoreKind.list, .queue] {
        var producer = try Producer.make()
        let customer = try producer.customer(store)
        var refused: TransportError?
        do throws(TransportError) { _ = try Replica(of: customer) } catch { refused = error }
        #expect(refused?.code == .unsupported)
        #expect(refused?.description.contains("not of \(store)") == true)
      }
      var producer = try Producer.make(itemByteCount: 1024)
      let failing = try refusal(of: producer.customer(.shm)) {
        $0.backpressure = .fail
      }
      #expect(failing == .invalidArgument)
      // An arena that holds no item: said at the item, which stays with the producer.
      let small = try producer.customer(.shm)
      var configuration = Replica.configuration(like: small)
      configuration.arenaByteCount = 512
      var replica = try Replica(of: small, configuration)
      let ticket = try replica.makeSource()
      let bytes = Payload.numbered(0, count: 1024)
      #expect(try producer.put(bytes: bytes.bytes) == .published)
      var code: TransportError.Code?
      do throws(TransportError) { _ = try replica.carry() } catch { code = error.code }
      #expect(code == .tooLarge && producer.count == 1)
      withExtendedLifetime(ticket) {}
    }
  }

  private func refusal(
    of customer: consuming Customer<Frame>,
    _ change: (inout ProducerConfiguration) -> Void
  ) throws -> TransportError.Code? {
    var configuration = Replica.configuration(like: customer)
    change(&configuration)
    do throws(TransportError) {
      _ = try Replica(of: customer, configuration)
      return nil
    } catch {
      return error.code
    }
  }
}

/// What a replica did by the end of its stream.
struct Relayed: Equatable, Sendable {
  var carried: UInt64
  var discarded = 0
}
