// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Synchronization
import Testing
import TransportPeer

@testable import Transport

/// REIP's faults of speed and cost, by their numbers in its list; each test fails on its behaviour.
@Suite(.timeLimit(.minutes(10))) struct ReipCostFaultTests {
  /// Plasma needed a server process, and was abandoned by its authors.
  @Test func fault16_noServerIsNeeded() throws {
    try withWatchdog {
      let before = Self.children()
      var producer = try Producer.make(itemByteCount: 4096)
      var customer = try producer.customer(.shm)
      _ = try producer.put(try Payload.frame(1, count: 4096))
      #expect(Payload.matches(try #require(try customer.getNowait().value), 1, count: 4096))
      #expect(Self.children() == before)
    }
  }

  /// A waiting reader of REIP woke 11 500 times a second and took a third of a core.
  @Test(arguments: everyStore)
  func fault17_waitingIsNotPolling(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(wait: .park)
      let ticket = try producer.source(store, wait: .park)
      let waiter = try Worker {
        var customer = try Customer(ticket)
        let before = try Self.switches()
        let found = try customer.waitForItem(timeout: .after(.seconds(1)))
        guard found == .timedOut else { throw Stalled() }
        return try Self.switches() - before
      }
      // A look around every 50 ms for peers that died is all.
      #expect(try waiter.join() <= 60)
    }
  }

  /// REIP had one item in flight for each reader: request, reply, request.
  @Test func fault18_itemsTravelAhead() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 32)
      let ticket = try producer.source(.queue)
      let (handover, keeper) = try producer.handover()
      let child = try Child.peer(
        ["producer", try Self.text(handover), "8", "32", "stop"],
        descriptors: handover.descriptors)
      var customer = try Customer(ticket)
      // All are there before the first is asked for, so that one answer holds them.
      #expect(Self.eventually { ticket.control.head.loadAcquire() == 32 })
      // The first get asks for all of them; then nobody is left who could answer another request.
      for number in 0..<32 {
        if number == 1 {
          #expect(Self.eventually { Self.isStopped(child.pid) })
        }
        let frame = try #require(try customer.get(timeout: patience).value)
        #expect(Payload.matches(frame, number, count: 8))
        customer.next()
      }
      child.kill()
      _ = child.wait()
      withExtendedLifetime(keeper) {}
    }
  }

  /// REIP encoded an item again for each of its readers.
  @Test func fault19_anItemIsEncodedOnceForAllCustomersOfAQueue() throws {
    try withWatchdog {
      let serializer = try CountingSerializer("test-counting-once")
      var producer = try Producer.make(capacity: 16)
      var first = try Customer(producer.source(.queue, serializer: serializer.name))
      var second = try Customer(producer.source(.queue, serializer: serializer.name))
      var third = try Customer(producer.source(.queue))
      for round in 0..<20 {
        try producer.put(numbers: round * 16..<round * 16 + 16)
        let numbers = Array(round * 16..<round * 16 + 16)
        #expect(try first.take(16) == numbers)
        #expect(try second.take(16) == numbers)
        #expect(try third.take(16) == numbers)
      }
      #expect(serializer.encoded.load(ordering: .relaxed) == 320)
      // Alone again, it goes without the detour.
      let gone = consume second
      _ = consume gone
      try producer.put(numbers: 320..<330)
      #expect(try first.take(10) == Array(320..<330))
      #expect(try third.take(10) == Array(320..<330))
    }
  }

  /// A put of REIP's `large` was several exchanges with a third process. Here it is no system call:
  /// the child lets the kernel kill it at the first one.
  @Test(.disabled(if: Self.isThreadSanitized, "the sanitizer's thread outlives the one that exits"))
  func fault20_aHandOverInSharedMemoryMakesNoSystemCall() throws {
    try withWatchdog {
      let child = try Child.peer(["sealed", "100000"])
      #expect(child.wait() == .exited(0))
      #expect(child.standardError.contains("sealed items=100000 wrong=0"))
    }
  }

  private static var isThreadSanitized: Bool {
    #if WEIR_THREAD_SANITIZER
      true
    #else
      false
    #endif
  }

  /// REIP's user had to pick a store for each edge, by thresholds that were off a thousandfold.
  @Test func fault21_theContextAloneChoosesWell() throws {
    #expect(SourceConfiguration(context: .sameProcess).store == .list)
    let other = SourceConfiguration(context: .otherProcess)
    #expect(other.store == .shm && other.serializer == "large")
    // Small items travel in their slots and large ones in the arena, by their size alone.
    var producer = try Producer.make(capacity: 4, itemByteCount: 1 << 20)
    var customer = try Customer(producer.makeSource(other))
    for byteCount in [1, 48, 100, 4096, 1 << 19] {
      _ = try producer.put(try Payload.frame(byteCount, count: byteCount))
      let frame = try #require(try customer.getNowait().value)
      #expect(Payload.matches(frame, byteCount, count: byteCount))
      customer.next()
    }
  }

  // MARK: Looking from outside

  private static func text(_ handover: ProducerHandover) throws -> String {
    String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
  }

  private static func children() -> String {
    (try? String(contentsOfFile: "/proc/thread-self/children", encoding: .utf8)) ?? ""
  }

  /// Times this thread gave its core up.
  private static func switches() throws -> Int {
    let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
    return try #require(line?.split(separator: "\t").last.flatMap { Int($0) })
  }

  private static func isStopped(_ pid: Int32) -> Bool {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    return text.contains("State:\tT")
  }

  /// Looks every millisecond, for half a minute.
  private static func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<30_000 {
      if condition() { return true }
      poll(nil, 0, 1)
    }
    return false
  }
}
