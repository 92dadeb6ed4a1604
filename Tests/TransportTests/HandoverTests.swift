// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Ends in other processes, and the same protocol within one.
@Suite(.timeLimit(.minutes(10))) struct HandoverTests {
  private func duplicates(_ descriptors: [CInt]) throws -> [CInt] {
    try descriptors.map { try ByteChannel.duplicate($0) }
  }

  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private func customerPeer(
    _ ticket: SourceTicket<Frame>, byteCount: Int, killAfter: Int = -1
  ) throws -> Child {
    let handover = try ticket.handover()
    return try Child.peer(
      ["customer", text(handover), "\(byteCount)", "\(killAfter)"],
      descriptors: handover.descriptors)
  }

  @Test(arguments: [StoreKind.queue, .shm])
  func aHandoverWorksWithinAProcess(store: StoreKind) throws {
    try withWatchdog {
      var fresh = try Producer.make(itemByteCount: 100)
      let ticket = try fresh.source(store)
      var (handover, keeper) = try fresh.handover()
      handover.descriptors = try duplicates(handover.descriptors)
      var place = try ticket.handover()
      place.descriptors = try duplicates(place.descriptors)
      var customer = try Customer<Frame>(place)
      // Nobody has attached yet: that is not a death.
      let early = Found(try customer.get(timeout: .after(nanoseconds: 60_000_000)))
      #expect(early == .timedOut)
      var producer = try Producer<Frame>.attach(handover)
      _ = keeper
      for index in 0..<3 { _ = try producer.put(Payload.frame(index, count: 100)) }
      for index in 0..<3 {
        let got = try customer.get(timeout: patience).value
        #expect(got.map { Payload.matches($0, index, count: 100) } == true)
        customer.next()
      }
      producer.end()
      let last = Found(try customer.get(timeout: .never))
      #expect(last == .ended)
    }
  }

  private func refusal(_ producer: consuming Producer<Frame>) -> TransportError.Code? {
    do throws(TransportError) {
      _ = try producer.handover()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func onlyAFreshProducerIsHandedOver() throws {
    try withWatchdog {
      var used = try Producer.make()
      let customer = try used.customer(.shm)
      try used.put(numbers: 0..<1)
      let code = refusal(used)
      #expect(code == .unsupported)
      var local = try Producer.make()
      let ticket = try local.source(.list)
      let other = refusal(local)
      #expect(other == .unsupported)
      withExtendedLifetime(ticket) {}
      _ = consume customer
    }
  }

  @Test func aHandoverMustFitTheRing() throws {
    try withWatchdog {
      var fresh = try Producer.make(customerLimit: 1)
      let ticket = try fresh.source(.shm)
      let (handover, keeper) = try fresh.handover()
      let changed = { (from: String, to: String) in
        let json = try text(handover).replacingOccurrences(of: from, with: to)
        var result = try JSONDecoder().decode(ProducerHandover.self, from: Data(json.utf8))
        result.descriptors = try duplicates(handover.descriptors)
        return result
      }
      let sources = try text(handover.sources)
      let twice = try changed(
        sources, "[" + sources.dropFirst().dropLast() + "," + sources.dropFirst())
      #expect(thrownCode { _ = try Producer<Frame>.attach(twice) } == .invalidArgument)
      // The segment's capacity counts, not the description's.
      let larger = try changed("\"capacity\":8", "\"capacity\":1000000")
      var producer = try Producer<Frame>.attach(larger)
      for number in 0..<8 { #expect(try producer.tryPut(number) == .published) }
      #expect(try producer.tryPut(8) == .timedOut)
      withExtendedLifetime((ticket, keeper)) {}
    }
  }

  @Test(arguments: [StoreKind.queue, .shm], [8, 48, 300, 100_000])
  func customersReadInOtherProcesses(store: StoreKind, byteCount: Int) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(capacity: 8, itemByteCount: byteCount)
      let count = byteCount > 1_000 ? 20 : 300
      let here = try producer.source(store)
      let peers = try (0..<2).map { _ in
        try customerPeer(producer.source(store), byteCount: byteCount)
      }
      let local = try Worker {
        var customer = try Customer(here)
        var items = 0
        while case .item(let frame) = try customer.get(timeout: patience) {
          guard Payload.matches(frame, items, count: byteCount) else { return -1 }
          items += 1
          customer.next()
        }
        return items
      }
      for index in 0..<count {
        #expect(
          try producer.put(Payload.frame(index, count: byteCount), timeout: patience) == .published)
      }
      producer.end()
      #expect(try local.join() == count)
      for peer in peers {
        #expect(peer.wait() == .exited(0))
        #expect(peer.standardError == "items=\(count) wrong=0 status=ended\n")
      }
    }
  }

  @Test(arguments: [StoreKind.queue, .shm], [8, 300])
  func aProducerPutsInAnotherProcess(store: StoreKind, byteCount: Int) throws {
    try withWatchdog(seconds: 120) {
      var fresh = try Producer.make(capacity: 8, itemByteCount: byteCount)
      let ticket = try fresh.source(store)
      let (handover, keeper) = try fresh.handover()
      let peer = try Child.peer(
        ["producer", text(handover), "\(byteCount)", "300", "end"],
        descriptors: handover.descriptors)
      var customer = try Customer(ticket)
      var items = 0
      while case .item(let frame) = try customer.get(timeout: patience) {
        #expect(Payload.matches(frame, items, count: byteCount))
        items += 1
        customer.next()
      }
      #expect(items == 300)
      #expect(peer.wait() == .exited(0))
      #expect(peer.standardError == "drained=true\npublished=300 evicted=0\n")
      withExtendedLifetime(keeper) {}
    }
  }

  /// The parent holds the producer's descriptors all the while, so that no channel closes by itself.
  @Test(arguments: [StoreKind.queue, .shm], everyWait)
  func aKilledProducerEndsTheStreamWithAnError(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var fresh = try Producer.make(capacity: 64, itemByteCount: 300)
      let ticket = try fresh.source(store, wait: wait)
      let (handover, keeper) = try fresh.handover()
      // Shared memory outlives its producer; a queue's items live in its process.
      let peer = try Child.peer(
        ["producer", text(handover), "300", "40", store == .shm ? "die" : "drain-die"],
        descriptors: handover.descriptors)
      var customer = try Customer(ticket)
      #expect(try customer.itemsUntilDeath(byteCount: 300) == 40)
      #expect(peer.wait() == .signalled(SIGKILL))
      let again = thrownCode { _ = try customer.get(timeout: .never) }
      #expect(again == .producerGone)
      withExtendedLifetime(keeper) {}
    }
  }

  @Test func aQueueThatDiesHalfWayLosesOnlyItsTail() throws {
    try withWatchdog(seconds: 120) {
      var fresh = try Producer.make(capacity: 64)
      let ticket = try fresh.source(.queue)
      let (handover, keeper) = try fresh.handover()
      let peer = try Child.peer(
        ["producer", text(handover), "300", "40", "die"], descriptors: handover.descriptors)
      #expect(peer.wait() == .signalled(SIGKILL))
      var customer = try Customer(ticket)
      var items = 0
      let code = thrownCode {
        while case .item(let frame) = try customer.get(timeout: .never) {
          #expect(Payload.matches(frame, items, count: 300))
          items += 1
          customer.next()
        }
      }
      #expect(code == .producerGone)
      #expect(items < 40)
      withExtendedLifetime(keeper) {}
    }
  }

  /// Also for puts that never wait.
  @Test(arguments: [StoreKind.queue, .shm], [Backpressure.block, .dropNewest, .fail])
  func aKilledCustomerIsEvicted(store: StoreKind, backpressure: Backpressure) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(
        capacity: 4, itemByteCount: 300, backpressure: backpressure)
      let peer = try customerPeer(producer.source(store), byteCount: 300, killAfter: 3)
      let healthy = try producer.source(store)
      let worker = try Worker {
        var customer = try Customer(healthy)
        var items = 0
        while case .item(let frame) = try customer.get(timeout: patience) {
          guard Payload.matches(frame, items, count: 300) else { return -1 }
          items += 1
          customer.next()
        }
        return items
      }
      var published = 0
      while published < 100 {
        let frame = try Payload.frame(published, count: 300)
        do throws(TransportError) {
          if try producer.put(frame, timeout: patience) == .published { published += 1 }
        } catch {
          #expect(error.code == .full)
        }
      }
      producer.end()
      #expect(try worker.join() == 100)
      #expect(peer.wait() == .signalled(SIGKILL))
      #expect(producer.evictedCount == 1)
      let drained = producer.drain(timeout: patience)
      #expect(drained)
    }
  }

  /// It dies while it borrows, with its lease: the producer never waits, and drops new items meanwhile.
  @Test(arguments: [StoreKind.queue, .shm])
  func aCustomerKilledWithItsLeaseIsEvicted(store: StoreKind) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(
        capacity: 4, itemByteCount: 300, backpressure: .dropOldest)
      let peer = try customerPeer(producer.source(store), byteCount: 300, killAfter: 1)
      #expect(try producer.put(Payload.frame(0, count: 300)) == .published)
      #expect(peer.wait() == .signalled(SIGKILL))
      var (dropped, published) = (0, 0)
      while published < 20 {
        let result = try producer.put(Payload.frame(1, count: 300), timeout: .now)
        if result == .published { published += 1 } else { dropped += 1 }
      }
      #expect(producer.evictedCount == 1)
      #expect(producer.droppedCount == dropped)
      #expect(producer.count == 0)
    }
  }

  @Test func aHandoverThatLiesAboutItsBackpressureIsRefused() throws {
    try withWatchdog {
      var fresh = try Producer.make()
      let ticket = try fresh.source(.shm)
      let (handover, keeper) = try fresh.handover()
      let json = try text(handover).replacingOccurrences(of: "\"block\"", with: "\"drop-oldest\"")
      var lie = try JSONDecoder().decode(ProducerHandover.self, from: Data(json.utf8))
      lie.descriptors = try duplicates(handover.descriptors)
      #expect(thrownCode { _ = try Producer<Frame>.attach(lie) } == .invalidArgument)
      withExtendedLifetime((ticket, keeper)) {}
    }
  }

  @Test func descriptorsAreClosedOnce() throws {
    try withWatchdog(seconds: 120) {
      let peer = try Child.peer(["leaks"])
      #expect(peer.wait() == .exited(0))
      let counts = peer.standardError.split { $0 == " " || $0 == "=" || $0 == "\n" }
      #expect(counts.count == 4 && counts[0] == "before" && counts[1] == counts[3], "\(counts)")
    }
  }
}
