// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

@Suite(.timeLimit(.minutes(10))) struct QueueStoreTests {
  private func write(_ bytes: [UInt8], to descriptor: CInt) {
    #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  private func words(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private static let tag: UInt64 = 0x51_52_49_45_57

  /// What no producer sends: tag, kind, length and index out of place.
  @Test(arguments: [
    [0, 0, 0], [.max, .max, .max], [tag, 0, 0], [tag | 4 << 40, 0, 0],
    [tag | 1 << 41 | 1 << 63, 0, 0],
    [tag | 1 << 40, 0, (1 << 44) + 1], [tag | 1 << 40, 0, .max], [tag | 1 << 40, 1, 0],
    [tag | 2 << 40, 1 << 62, 0],
  ])
  func foreignBytesAreAnError(header: [UInt64]) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(.queue)
      write(words(header), to: try #require(producer.channels[0]))
      for _ in 0..<3 {
        let code = thrownCode { _ = try customer.get(timeout: patience) }
        #expect(code == .corrupt)
      }
    }
  }

  /// A header may claim anything: memory is taken only for what comes.
  @Test func aLengthThatNeverComesTakesNoMemory() throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(.queue)
      let channel = try #require(producer.channels[0])
      write(words([Self.tag | 1 << 40, 0, 1 << 44]), to: channel)
      for _ in 0..<3 {
        let found = Found(try customer.get(timeout: .after(nanoseconds: 1_000_000)))
        #expect(found == .timedOut)
        write([UInt8](repeating: 7, count: 1000), to: channel)
      }
      producer.end()
    }
  }

  @Test func aDamagedFailureIsAnErrorToo() throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(.queue)
      write(
        words([Self.tag | 2 << 40, 0, 5]) + [1, 2, 3, 4, 5], to: try #require(producer.channels[0]))
      let code = thrownCode { _ = try customer.get(timeout: patience) }
      guard case .serialization(let error) = code else {
        Issue.record("not refused: \(String(describing: code))")
        return
      }
      #expect(error.code == .malformed)
    }
  }

  /// A frame in pieces of every size is one item.
  @Test(arguments: [1, 7, 23, 24, 25, 1000])
  func framesMayComeInPieces(piece: Int) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(.queue)
      let channel = try #require(producer.channels[0])
      let payload = (0..<100).map { UInt8($0) }
      let bytes = words([Self.tag | 1 << 40, 0, 100]) + payload
      // Declared, so that the customer may ask; sent by hand.
      let writer = try Worker {
        for start in stride(from: 0, to: bytes.count, by: piece) {
          let part = Array(bytes[start..<min(start + piece, bytes.count)])
          _ = Glibc.write(channel, part, part.count)
        }
      }
      let got = try customer.get(timeout: patience).value
      try writer.join()
      #expect(got?.bytes == Data(payload))
    }
  }

  /// A customer whose channel is full must not keep the server from answering another.
  @Test(arguments: everyWait)
  func aFullChannelHoldsUpNobodyElse(wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      for _ in 0..<5 {
        var producer = try Producer.make(capacity: 64, wait: wait)
        let stuck = try producer.source(.queue, wait: wait)
        let active = try producer.source(.queue, wait: wait)
        var idle = try Customer(stuck)
        // It asks for a window of items, and then reads none of them.
        let none = Found(try idle.get(timeout: .now))
        #expect(none == .timedOut)
        let frames = try (0..<8).map { try Payload.frame($0, count: 200_000) }
        for index in 0..<64 {
          #expect(try producer.put(frames[index % 8], timeout: patience) == .published)
        }
        let worker = try Worker {
          var customer = try Customer(active)
          for index in 0..<64 {
            guard case .item(let frame) = try customer.get(timeout: patience),
              frame == frames[index % 8]
            else { throw Stalled() }
            customer.next()
          }
        }
        try worker.join()
        // The stuck one has lost nothing.
        for index in 0..<64 {
          let got = try idle.get(timeout: patience).value
          #expect(got == frames[index % 8])
          idle.next()
        }
        producer.end()
      }
    }
  }

  /// Puts, requests and the server's way to sleep, in as many interleavings as come up. A request
  /// that nobody sees is a hang.
  @Test(arguments: everyWait, [1, 2])
  func noRequestIsLost(wait: WaitStrategy, customers: Int) throws {
    try withWatchdog(seconds: 200) {
      let count = wait == .spin ? 500 : 10_000
      // One item at a time, asked for one by one, from before and after it is published.
      var producer = try Producer.make(capacity: 2, wait: wait)
      let first = try reader(producer.source(.queue, strategy: .skip(count: 0), wait: wait))
      let second =
        customers == 2
        ? try reader(producer.source(.queue, strategy: .all, wait: wait)) : nil
      for number in 0..<count {
        guard try producer.put(Payload.number(number), timeout: patience) == .published else {
          throw Stalled()
        }
      }
      producer.end()
      #expect(try first.join() == Array(0..<count))
      if let second { #expect(try second.join() == Array(0..<count)) }
    }
  }

  /// A customer that asked and went on, or left, must not make the server read replaced items.
  @Test func itemsAreNotReadWhileTheyAreReplaced() throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(capacity: 2, backpressure: .dropNewest)
      let stop = try Segment.create(byteCount: 1, label: "stop")
      let tickets = try (0..<3).map { _ in try producer.source(.queue, strategy: .latest) }
      let polling = try Worker {
        var taken = 0
        var customer = try Customer(tickets[0])
        while stop.uint32(at: 0).loadAcquire() == 0 {
          if case .item = try customer.getNowait() { taken += 1 }
          customer.next()
        }
        return taken
      }
      let hostile = try Worker {
        // Moves its cursor on while its requests are being answered.
        var customer = try Customer(tickets[1])
        let line = tickets[1].control.customer(1)
        let head = tickets[1].control.head
        while stop.uint32(at: 0).loadAcquire() == 0 {
          line.requestEnd.storeRelease(head.loadAcquire())
          line.cursor.storeRelease(head.loadAcquire())
          _ = try? customer.getNowait()
        }
      }
      for number in 0..<30_000 { _ = try producer.putNowait(Payload.frame(number, count: 300)) }
      stop.uint32(at: 0).storeRelease(1)
      _ = try polling.join()
      try hostile.join()
      producer.end()
    }
  }

  @Test func handoverNeedsItsDescriptors() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(.queue)
      let handover = try ticket.handover()
      #expect(handover.descriptors.count == 4)
      let shared = try producer.source(.shm)
      #expect(try shared.handover().descriptors.count == 2)
      let list = try producer.source(.list)
      let code = thrownCode { _ = try list.handover() }
      #expect(code == .unsupported)
    }
  }
}
