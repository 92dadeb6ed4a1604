// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

/// Customers that take part unasked, from processes that share nothing but a name.
@Suite(.timeLimit(.minutes(10))) struct AttachProcessTests {
  let scratch = NameScratch()

  @Test(arguments: ["spin", "spin-park", "park"])
  func attachedBeforeTheFirstPutNothingIsMissed(wait: String) throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make()
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      let customer = try scratch.customer("ring", limit: .max, wait: wait)
      try customer.await("attached")
      for number in 0..<1000 {
        let bytes = Payload.numbered(number, count: 40)
        #expect(try producer.put(bytes: bytes.bytes, timeout: patience) == .published)
      }
      producer.end()
      #expect(customer.wait() == .exited(0))
      #expect(customer.standardError.contains("items=1000 status=ended"))
    }
  }

  /// Hundreds of newcomers to a producer at full speed, three at a time in the ring: whatever each
  /// gets is whole and consecutive. Rings of a few slots are lapped while a newcomer arrives.
  @Test(
    arguments: [(4, 8, "block"), (8, 200, "block"), (64, 100, "drop-newest")]
      as [(Int, Int, String)])
  func newcomersInFullSwing(capacity: Int, byteCount: Int, mode: String) throws {
    try withWatchdog(seconds: 240) {
      let producer = try scratch.producer(
        "ring", capacity: capacity, byteCount: max(9, byteCount), mode: mode)
      let customers = try [("spin", 120), ("spin", 120), ("spin-park", 30)].map { wait, cycles in
        try scratch.cycles("ring", cycles, limit: 3 * capacity + 5, wait: wait)
      }
      for customer in customers {
        #expect(customer.wait() == .exited(0), "\(customer.standardError)")
        #expect(customer.standardError.contains("cycles="))
      }
      #expect(producer.isRunning, "\(producer.standardError)")
    }
  }

  /// One after the other dies in its place: all are given up, and their places used again.
  @Test func killedNewcomersAreEvicted() throws {
    try withWatchdog(seconds: 240) {
      let producer = try scratch.producer("ring")
      let ring = try #require(try NamedRing.find("ring", in: scratch.directory))
      let control = try RingControl(attaching: try ring.segment(readOnly: true))
      // More than there are places.
      for round in 0..<6 {
        let doomed = try scratch.customer("ring", limit: round * 7, wait: "spin", mode: "die")
        #expect(doomed.wait() == .signalled(SIGKILL), "\(doomed.standardError)")
        #expect(doomed.standardError.contains("items=\(round * 7) status=\n"))
      }
      // By the producer, or by the next one that took the place.
      while control.evicted.loadAcquire() < 6 { usleep(1000) }
      let head = control.head.loadAcquire()
      while control.head.loadAcquire() == head { usleep(1000) }
      #expect(control.evicted.loadAcquire() == 6)
      #expect(producer.isRunning, "\(producer.standardError)")
    }
  }

  @Test func aFullTableIsToldAndFreedByDeath() throws {
    try withWatchdog(seconds: 240) {
      let producer = try scratch.producer("ring", mode: "block-wait")
      let holders = try (0..<4).map { _ in
        try scratch.customer("ring", limit: 0, wait: "spin", mode: "stay")
      }
      for holder in holders { try holder.await("items=0") }
      let fifth = complaint {
        _ = try Customer<Frame>(attaching: "ring", in: scratch.directory)
      }
      #expect(fifth.contains("all 4 customers are taken"))
      // The producer is stuck behind its customers and is not asked: the newcomer sees the death.
      holders[2].kill()
      _ = holders[2].wait()
      _ = try Customer<Frame>(attaching: "ring", in: scratch.directory)
      #expect(producer.isRunning)
    }
  }

  /// A parked newcomer is woken by a producer that nobody told to look for sleepers.
  @Test func aParkedNewcomerIsWoken() throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(wait: .spin)
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      var customer = try Customer<Frame>(attaching: "ring", wait: .park, in: scratch.directory)
      let idle = Found(try customer.get(timeout: .after(nanoseconds: 5_000_000)))
      #expect(idle == .timedOut)
      #expect(producer.control.customersWait.parkable.loadRelaxed() == 1)
      let worker = try scratch.customer("ring", limit: 50, wait: "park")
      try worker.await("attached")
      for number in 0..<50 {
        usleep(2000)
        let bytes = Payload.numbered(number, count: 16)
        #expect(try producer.put(bytes: bytes.bytes, timeout: patience) == .published)
        let got = try customer.readBytes(timeout: patience) { Payload.number(of: $0) }.value
        #expect(got == number)
        customer.next()
      }
      #expect(worker.wait() == .exited(0))
      #expect(worker.standardError.contains("items=50 status=\n"))
    }
  }
}
