// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

/// Customers that take part unasked, seen from one process.
@Suite(.timeLimit(.minutes(10))) struct AttachTests {
  let scratch = NameScratch()

  private func published(
    capacity: Int = 8, customerLimit: Int = 4, backpressure: Backpressure = .block,
    startingAt start: UInt64 = 0
  ) throws -> Producer<Frame> {
    var producer = try Producer.make(
      capacity: capacity, backpressure: backpressure, customerLimit: customerLimit,
      startingAt: start)
    try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
    return producer
  }

  private func attach(
    _ strategy: Strategy = .all, serializer: String? = nil, store: StoreKind = .shm
  ) throws -> Customer<Frame> {
    try Customer<Frame>(
      attaching: "ring", strategy: strategy, wait: .spin, store: store, serializer: serializer,
      in: scratch.directory)
  }

  @Test func itemsWithoutReadersAreLetGoUntilTheFirstNewcomer() throws {
    try withWatchdog {
      var producer = try published()
      #expect(try producer.tryPut(0) == .noCustomers)
      var customer = try attach()
      #expect(try producer.tryPut(1) == .published)
      #expect(try customer.take(1) == [1])
    }
  }

  /// Also where the counters wrap.
  @Test(arguments: [0, .max - 20, UInt64(UInt32.max) - 20] as [UInt64])
  func aNewcomerStartsAtTheNewestEnd(start: UInt64) throws {
    try withWatchdog {
      var producer = try published(startingAt: start)
      var first = try attach()
      for number in 0..<30 {
        try producer.put(numbers: number..<(number + 1))
        #expect(try first.take(1) == [number])
      }
      var second = try attach()
      #expect(second.isEmpty == true)
      try producer.put(numbers: 30..<38)
      #expect(try producer.tryPut(38) == .timedOut, "both hold the ring back")
      #expect(try first.take(8) == Array(30..<38))
      #expect(try producer.tryPut(38) == .timedOut, "the newcomer does")
      #expect(try second.take(8) == Array(30..<38))
      #expect(try producer.tryPut(38) == .published)
      let count = producer.count
      #expect(count == 1)
    }
  }

  /// Newcomers and ticket holders share the places and never get the same one.
  @Test func placesAreUsedAgain() throws {
    try withWatchdog {
      var producer = try published(customerLimit: 2)
      for round in 0..<20 {
        var newcomer = try attach()
        var other = try producer.customer(.shm, wait: .spin)
        let both = (
          complaint { _ = try attach() }, thrownCode { _ = try producer.source(.shm) }
        )
        #expect(both.0.contains("all 2 customers are taken"))
        #expect(both.1 == .unsupported)
        try producer.put(numbers: round..<(round + 1))
        #expect(try newcomer.take(1) == [round])
        #expect(try other.take(1) == [round])
      }
      let evicted = producer.evictedCount
      #expect(evicted == 0)
    }
  }

  @Test(arguments: [Strategy.latest, .skip(count: 2)])
  func strategiesSeeItemsThatTheHeadDoesNotCountYet(strategy: Strategy) throws {
    try withWatchdog {
      var producer = try published(capacity: 64)
      var customer = try attach(strategy)
      try producer.put(numbers: 0..<5)
      let head = producer.control.head.loadRelaxed()
      #expect(head < 5, "it does lag, or this shows nothing")
      #expect(try customer.number() == (strategy == .latest ? 4 : 2))
      let skipped = customer.skippedCount
      #expect(skipped == (strategy == .latest ? 4 : 2))
    }
  }

  @Test func theSerializerIsTheSegments() throws {
    try withWatchdog {
      var producer = try Producer<Frame>(
        ProducerConfiguration(capacity: 4, arenaByteCount: 1 << 16))
      try producer.publish(as: "ring", serializer: "large", in: scratch.directory)
      #expect(producer.control.serializerName == "tensor")
      var customer = try attach(serializer: "large")
      let frame = try Frame([1.5, 2.5] as [Float], shape: [2])
      _ = try producer.put(frame)
      let got = try customer.get(timeout: patience).value
      #expect(got == frame)
      #expect(thrownCode { _ = try attach(serializer: "json") } == .unsupported)
      #expect(complaint { _ = try attach(serializer: "json") }.contains("written by 'tensor'"))
      let code = thrownCode { _ = try producer.source(.shm, serializer: "raw") }
      #expect(code == .unsupported)
      // A serializer that cannot carry the item.
      let carries = thrownCode {
        _ = try Customer<CodableItem<Int>>(attaching: "ring", in: scratch.directory)
      }
      guard case .serialization = carries else {
        Issue.record("\(String(describing: carries))")
        return
      }
    }
  }

  @Test func aRingWithAnotherSerializerIsNotPublished() throws {
    var producer = try Producer.make()
    _ = try producer.source(.shm, serializer: "raw")
    let code = thrownCode {
      try producer.publish(as: "ring", serializer: "tensor", in: scratch.directory)
    }
    #expect(code == .unsupported)
    let unknown = thrownCode {
      try producer.publish(as: "ring", serializer: "nonesuch", in: scratch.directory)
    }
    guard case .serialization = unknown else {
      Issue.record("\(String(describing: unknown))")
      return
    }
    #expect(try scratch.directory.names() == [])
  }

  @Test(arguments: [0, 61, UInt32.max])
  func aSegmentThatNamesNoSerializerIsRefused(byteCount: UInt32) throws {
    let producer = try published()
    producer.segment.uint32(at: RingLayout.serializerOffset).storeRelaxed(byteCount)
    #expect(thrownCode { _ = try attach() } == .corrupt)
    _ = consume producer
  }

  @Test func anotherLayoutVersionIsRefused() throws {
    let producer = try published()
    producer.segment.uint32(at: 8).storeRelaxed(RingLayout.version + 1)
    #expect(memoryCode { _ = try attach() } == .versionMismatch)
    #expect(complaint { _ = try attach() }.contains("run the same build on both sides"))
    producer.segment.uint32(at: 8).storeRelaxed(RingLayout.version)
    producer.segment.uint64(at: 0).storeRelaxed(0)
    #expect(memoryCode { _ = try attach() } == .corrupt)
    _ = consume producer
  }

  @Test(arguments: [StoreKind.list, .queue])
  func otherStoresAreNotReachedByName(store: StoreKind) throws {
    let producer = try published()
    #expect(thrownCode { _ = try attach(store: store) } == .unsupported)
    let says = complaint { _ = try attach(store: store) }
    #expect(says.contains("use shm, or inherit a handover"))
    _ = consume producer
  }

  @Test func anEndedRingSaysSo() throws {
    try withWatchdog {
      var producer = try published()
      var before = try attach()
      try producer.put(numbers: 0..<3)
      producer.end()
      var after = try attach()
      let found = Found(try after.get(timeout: .never))
      #expect(found == .ended)
      #expect(try before.take() == [0, 1, 2])
      let drained = producer.drain(timeout: .now)
      #expect(drained)
    }
  }

  /// A drain waits for those who came by name, too.
  @Test func drainingWaitsForNewcomers() throws {
    try withWatchdog {
      var producer = try published()
      var customer = try attach()
      try producer.put(numbers: 0..<2)
      let early = producer.drain(timeout: .now)
      #expect(!early)
      _ = try customer.take(2)
      let late = producer.drain(timeout: .now)
      #expect(late)
    }
  }
}
