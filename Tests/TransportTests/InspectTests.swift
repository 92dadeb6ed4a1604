// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

/// Rings seen from outside.
@Suite(.timeLimit(.minutes(10))) struct InspectTests {
  let scratch = NameScratch()

  private func snapshot(_ name: String = "ring") throws -> RingSnapshot {
    try RingSnapshot.named(name, in: scratch.directory)
  }

  @Test func everyCustomerIsShown() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8, itemByteCount: 200, backpressure: .dropNewest)
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      var all = try Customer<Frame>(attaching: "ring", wait: .spin, in: scratch.directory)
      var latest = try producer.customer(.list, strategy: .latest)
      let ticket = try producer.source(.shm, strategy: .skip(count: 3))
      for number in 0..<10 { _ = try producer.put(Payload.number(number), timeout: .now) }
      _ = try all.take(2)
      _ = try latest.number()
      let ring = try snapshot()
      let counts = try #require(ring.counts)
      #expect(ring.state == .open && ring.problem == nil && ring.producer == getpid())
      #expect((counts.head, counts.tail, counts.held) == (8, 0, 8))
      #expect(counts.dropped == 2 && counts.capacity == 8 && counts.serializer == "raw")
      #expect(counts.customerLimit == 8 && counts.arenaByteCount == 8 * 256)
      let customers = ring.customers
      #expect(customers.map(\.place) == [0, 1, 2])
      #expect(customers.map(\.store) == [.shm, .list, .shm])
      #expect(customers.map(\.strategy) == ["all", "latest", "skip 3"])
      #expect(customers.map(\.state) == [.attached, .attached, .reserved])
      #expect(customers.map(\.process) == [getpid(), getpid(), nil])
      #expect(customers.map(\.cursor) == [2, 7, 0])
      #expect(customers.map(\.lag) == [6, 1, 8])
      #expect(customers.map(\.skipped) == [0, 7, 0])
      _ = consume all
      #expect(try snapshot().customers[0].state == .detached)
      producer.end()
      #expect(try snapshot().state == .ended)
      let copy = try JSONDecoder().decode(
        RingSnapshot.self, from: try JSONEncoder().encode(ring))
      #expect(copy == ring)
      withExtendedLifetime(ticket) {}
      _ = consume latest
    }
  }

  /// Between a handover and the attachment there is nobody, and nobody is dead.
  @Test func promisedEndsAreShownWhileTheirPromiseIsKept() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let control = producer.control
      var ticket: SourceTicket<Frame>? = try producer.source(.shm)
      _ = try ticket?.handover()
      #expect(RingSnapshot(of: control).state == .open)
      var keeper: HandoverKeeper? = try producer.handover().1
      #expect(RingSnapshot(of: control).state == .unattended)
      #expect(RingSnapshot(of: control).customers.map(\.state) == [.reserved])
      withExtendedLifetime((ticket, keeper)) {}
      ticket = nil
      #expect(RingSnapshot(of: control).customers.map(\.state) == [.dead])
      keeper = nil
      #expect(RingSnapshot(of: control).state == .producerGone)
    }
  }

  @Test func ringsOfOtherProcessesWithAndWithoutNames() throws {
    try withWatchdog(seconds: 120) {
      let producer = try scratch.producer("ring", mode: "block")
      let reader = try scratch.customer("ring", limit: 5, mode: "stay")
      try reader.await("items=5")
      let rings = try RingSnapshot.ofProcess(producer.pid, in: scratch.directory)
      #expect(rings.count == 1 && rings[0].name == "ring" && rings[0].state == .open)
      #expect(rings[0].producer == producer.pid)
      #expect(rings[0].processes == [producer.pid, reader.pid].sorted())
      #expect(rings[0].customers.map(\.process) == [reader.pid])
      // The same ring for who looks for names elsewhere.
      let elsewhere = try RingSnapshot.ofProcess(producer.pid, in: NameScratch().directory)
      #expect(elsewhere.count == 1 && elsewhere[0].name == nil)
      #expect(elsewhere[0].producer == producer.pid)
      // Full: the producer waits, and a death is seen before the producer looks.
      #expect(rings[0].counts?.held == 16)
      producer.kill(signal: SIGSTOP)
      reader.kill()
      _ = reader.wait()
      #expect(try snapshot().customers.map(\.state) == [.dead])
      #expect(try snapshot().counts?.evicted == 0, "looking changes nothing")
      producer.kill()
      _ = producer.wait()
      let gone = try snapshot()
      #expect(gone.state == .stale && gone.problem?.contains("weir clean") == true)
      let none = memoryCode { _ = try snapshot("rign") }
      #expect(none == .nameAbsent)
    }
  }

  /// A ring that outlives its producer, because a customer holds it.
  @Test func aDeadProducersRingIsShownWhileAnybodyHoldsIt() throws {
    try withWatchdog(seconds: 120) {
      let producer = try scratch.producer("ring", mode: "block-wait")
      var customer = try Customer<Frame>(attaching: "ring", in: scratch.directory)
      _ = try customer.readBytes(timeout: patience) { _ in }
      producer.kill()
      _ = producer.wait()
      let ring = try snapshot()
      #expect(ring.state == .producerGone && ring.producer == producer.pid)
      #expect(ring.customers.map(\.state) == [.attached])
      _ = consume customer
    }
  }

  @Test(
    arguments: [
      (0, .max), (16, 1 << 40), (RingLayout.stateOffset - 4, .max),
      (RingLayout.customersOffset + 32, .max), (RingLayout.customersOffset, 1 << 40),
      (RingLayout.placesMadeOffset - 4, .max), (RingLayout.headOffset, 1 << 50),
    ] as [(Int, UInt64)])
  func aDamagedRingIsShownAsSuch(offset: Int, word: UInt64) throws {
    try withWatchdog {
      var producer = try Producer.make()
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      let customer = try Customer<Frame>(attaching: "ring", in: scratch.directory)
      let place = producer.segment.uint64(at: offset)
      let before = place.loadRelaxed()
      place.storeRelaxed(word)
      let ring = try snapshot()
      place.storeRelaxed(before)
      // Places beyond the limit are not followed; they alone are no contradiction.
      if offset != RingLayout.placesMadeOffset - 4, offset != RingLayout.customersOffset {
        #expect(ring.state == .corrupt, "\(ring)")
        #expect(ring.problem?.isEmpty == false)
      }
      #expect(try snapshot().state == .open)
      _ = consume customer
    }
  }
}
