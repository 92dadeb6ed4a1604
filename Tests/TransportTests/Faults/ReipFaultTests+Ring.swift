// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// The ring: who holds what back, what is kept, and how far one can count.
extension ReipFaultTests {
  /// A customer in a process of its own that is killed while it holds item `killAfter`, counted from 1.
  private func doomed(
    _ ticket: SourceTicket<Frame>, byteCount: Int, killAfter: Int
  ) throws -> Child {
    let handover = try ticket.handover()
    let text = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
    return try Child.peer(
      ["customer", text, "\(byteCount)", "\(killAfter)"], descriptors: handover.descriptors)
  }

  /// There: the ring stays full for ever, the healthy reader starves, and an item above 64 KiB wedges
  /// the thread that serves all readers, and the producer's end.
  @Test(arguments: [StoreKind.queue, .shm], [8, 100_000])
  func fault03_aDeadReaderStopsNobody(store: StoreKind, byteCount: Int) throws {
    for wait in everyWait { try aDeadReader(store, byteCount, wait) }
  }

  private func aDeadReader(_ store: StoreKind, _ byteCount: Int, _ wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(capacity: 4, itemByteCount: byteCount, wait: wait)
      let peer = try doomed(
        producer.source(store, wait: wait), byteCount: byteCount, killAfter: 2)
      let healthy = try producer.source(store, wait: wait)
      let frames = try (0..<40).map { try Payload.frame($0, count: byteCount) }
      // It dies with an item in its hands, and with requests that nobody will receive the answers to.
      for frame in frames[0..<4] {
        #expect(try producer.put(frame, timeout: patience) == .published)
      }
      #expect(peer.wait() == .signalled(SIGKILL))
      let worker = try Worker {
        var customer = try Customer(healthy)
        var items = 0
        while case .item(let frame) = try customer.get(timeout: patience) {
          guard frame == frames[items] else { return -1 }
          items += 1
          customer.next()
        }
        return items
      }
      // Blocked until the dead one is noticed, however long the healthy one takes.
      for frame in frames[4...] { #expect(try producer.put(frame, timeout: .never) == .published) }
      producer.end()
      #expect(try worker.join() == frames.count)
      let drained = producer.drain(timeout: patience)
      #expect(drained)
      #expect(producer.evictedCount == 1)
    }
  }

  /// There: a reader that keeps what it got makes the producer's next put on that slot fail, and the
  /// item is lost.
  @Test(arguments: everyStore, [8, 300])
  func fault05_heldViewsDoNotFailThePut(store: StoreKind, byteCount: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 3, itemByteCount: byteCount)
      var customer = try producer.customer(store)
      var kept: [Frame] = []
      for index in 0..<30 {
        #expect(try producer.put(Payload.frame(index, count: byteCount)) == .published)
        try kept.append(#require(try customer.get(timeout: patience).value))
        customer.next()
      }
      for (index, frame) in kept.enumerated() {
        #expect(Payload.matches(frame, index, count: byteCount))
      }
      // A view in place holds its slot: a put waits for it, and never fails or overwrites it.
      for index in 30..<33 { _ = try producer.put(Payload.frame(index, count: byteCount)) }
      let held = try customer.read(timeout: patience) { _, view in
        for index in 33..<40 {
          let result = try? producer.put(Payload.frame(index, count: byteCount), timeout: .now)
          #expect(result == .timedOut)
        }
        return Payload.matches(view, 30)
      }
      #expect(held.value == true)
      customer.next()
      #expect(try producer.put(Payload.frame(33, count: byteCount)) == .published)
    }
  }

  /// There: 40 items of 1 MB in a server of 20 MB; the length says 40, and the first get fails.
  @Test(arguments: everyStore)
  func fault06_unreadItemsAreNeverEvicted(store: StoreKind) throws {
    try withWatchdog(seconds: 120) {
      for (arena, budget) in [(1 << 20, nil), (4 << 20, 1 << 20)] as [(Int, Int?)] {
        guard store == .shm || budget != nil else { continue }
        let byteCount = 50_000
        var producer = try Producer<Frame>(
          ProducerConfiguration(capacity: 100, arenaByteCount: arena, byteBudget: budget))
        var customer = try producer.customer(store)
        var results: [PutResult] = []
        for index in 0..<40 {
          results.append(try producer.put(Payload.frame(index, count: byteCount), timeout: .now))
        }
        // 20 of them fit, and the producer is told of the others.
        #expect(results == (0..<40).map { $0 < 20 ? .published : .timedOut })
        #expect(customer.count == 20 && producer.count == 20)
        for index in 0..<20 {
          let got = try customer.get(timeout: patience).value
          #expect(got.map { Payload.matches($0, index, count: byteCount) } == true)
          customer.next()
        }
        #expect(thrownCode { _ = try producer.put(Payload.frame(0, count: 5 << 20)) } == .tooLarge)
      }
    }
  }

  /// There: a signed 32-bit cursor, so that after 2^31 items every length is an error, and positions
  /// jump where the count of slots does not divide 2^32.
  @Test(
    arguments: everyStore,
    [(1 << 31) - 7, (1 << 32) - 7, (1 << 63) - 7, .max - 6] as [UInt64])
  func fault10_countersGoPastEveryPowerOfTwo(store: StoreKind, start: UInt64) throws {
    try withWatchdog {
      for (capacity, backpressure) in [
        (1, .block), (3, .block), (5, .dropNewest), (3, .dropOldest),
      ]
        as [(Int, Backpressure)]
      {
        var producer = try Producer.make(
          capacity: capacity, backpressure: backpressure, startingAt: start)
        var customer = try producer.customer(store)
        var late: Int?
        for number in 0..<20 {
          try producer.put(numbers: number..<number + 1)
          #expect(customer.count == 1 && producer.count == 1)
          #expect(customer.isLast == true && customer.isEmpty == false)
          #expect(try customer.number() == number)
          customer.next()
          #expect(customer.count == 0 && producer.count == 0)
          if number == 10 {
            var other = try producer.customer(store)
            try producer.put(numbers: 100..<101)
            late = try other.number()
            #expect(try customer.take(1) == [100])
          }
        }
        #expect(late == 100)
        #expect(producer.publishedCount == start &+ 21)
        #expect(producer.droppedCount == 0)
        producer.end()
        #expect(try customer.take() == [])
      }
    }
  }

  /// There: a delete rate up to (size + 1) / size never goes on, a timeout of zero waits for ever, and
  /// neither a result nor anything to look at says that an item was dropped.
  @Test(arguments: everyStore)
  func fault12_nothingWaitsForEverAndDropsAreSeen(store: StoreKind) throws {
    try withWatchdog(seconds: 120) {
      for size in [1, 2, 3, 10, 100] {
        var producer = try Producer<Frame>(ProducerConfiguration(capacity: size, deleteRate: 1))
        let worker = try reader(producer.source(store))
        for number in 0..<3 * size {
          #expect(try producer.put(Payload.number(number), timeout: .never) == .published)
        }
        producer.end()
        #expect(try worker.join() == Array(0..<3 * size))
      }
      var producer = try Producer.make(capacity: 2, backpressure: .block)
      let ticket = try producer.source(store)
      var customer = try Customer(ticket)
      for zero in [Timeout.now, .after(.zero), .after(nanoseconds: 0)] {
        #expect(Found(try customer.get(timeout: zero)) == .timedOut)
      }
      try producer.put(numbers: 0..<2)
      for zero in [Timeout.now, .after(.zero), .after(nanoseconds: 0)] {
        #expect(try producer.put(Payload.number(2), timeout: zero) == .timedOut)
        let room = try producer.waitForRoom(timeout: zero)
        #expect(!room)
      }
      // As another process sees it, while the stream goes on.
      let live = try RingControl(
        attaching: .attach(descriptor: ByteChannel.duplicate(ticket.control.segment.descriptor)))
      for count in 1...3 {
        #expect(try producer.putNowait(Payload.number(2)) == .dropped)
        #expect(producer.droppedCount == count)
        #expect(live.dropped.loadRelaxed() == UInt64(count))
      }
    }
  }

  /// There: what is put by reference changes under the readers when the producer uses its buffer
  /// again, and one reader's changes are seen by the others.
  @Test(arguments: everyStore, [8, 112, 300])
  func fault13_noStoreLetsOneEndChangeWhatAnotherHas(store: StoreKind, byteCount: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: byteCount + 1_000)
      var one = try Customer(producer.source(store, serializer: "tensor"))
      var other = try Customer(producer.source(store, serializer: "tensor"))
      let paint: (inout Frame, UInt8) -> Void = { frame, byte in
        frame.withMutableBytes { span in
          for offset in 0..<span.byteCount {
            span.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
          }
        }
      }
      var camera = try Frame(
        dtype: .uint8, shape: [byteCount], metadata: ["camera": .int(7)],
        bytes: Payload.bytes(0, count: byteCount))
      // The camera's buffer is used again and again.
      for index in 0..<3 {
        #expect(try producer.put(camera) == .published)
        paint(&camera, UInt8(0xA0 + index))
      }
      for index in 0..<3 {
        var mine = try #require(try one.get(timeout: patience).value)
        paint(&mine, 0xFF)
        let again = try #require(try one.get(timeout: patience).value)
        let theirs = try #require(try other.get(timeout: patience).value)
        #expect(again == theirs)
        #expect(theirs.metadata["camera"] == .int(7))
        let isWhole =
          index == 0
          ? Payload.matches(theirs, 0, count: byteCount)
          : theirs.bytes.allSatisfy { $0 == UInt8(0xA0 + index - 1) }
        #expect(isWhole)
        one.next()
        other.next()
      }
    }
  }

  /// There: a full ring of 100 takes nothing before 11 items are read, and read items stay pinned.
  @Test(arguments: everyStore)
  func fault22_thereIsNoHysteresisUnlessAskedFor(store: StoreKind) throws {
    try withWatchdog {
      let standard = ProducerConfiguration()
      #expect(standard.capacity == 100)
      #expect(standard.deleteRate == nil && standard.byteBudget == nil)
      var producer = try Producer<Frame>(standard)
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<100)
      for number in 100..<350 {
        #expect(try producer.tryPut(number) == .timedOut)
        customer.next()
        #expect(producer.count == 99)
        #expect(producer.isFull == false)
        #expect(try producer.tryPut(number) == .published)
      }
      #expect(try customer.take(100) == Array(250..<350))
      #expect(producer.count == 0)
    }
  }
}
