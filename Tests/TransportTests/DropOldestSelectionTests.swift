// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Rings whose items can be taken away, with user strategies and in selections.
@Suite(.timeLimit(.minutes(10))) struct DropOldestSelectionTests {
  /// Takes the second of each two items, once both are there.
  private static let isRegistered: Bool = {
    try? StrategyRegistry.standard.register("test-second-of-two") { counters in
      counters.lag < 2 ? .waitForMore : .take(passing: 1)
    }
    return true
  }()

  private static func producer(_ capacity: Int) throws -> Producer<Frame> {
    try Producer.make(capacity: capacity, backpressure: .dropOldest)
  }

  @Test(arguments: everyStore)
  func userStrategiesSeeWhatIsLeft(store: StoreKind) throws {
    try withWatchdog {
      #expect(Self.isRegistered)
      var producer = try Self.producer(5)
      var customer = try producer.customer(store, strategy: .named("test-second-of-two"))
      try producer.put(numbers: 0..<1)
      #expect(Found(try customer.getNowait()) == .timedOut)
      #expect(Found(try customer.get(timeout: .after(nanoseconds: 1_000_000))) == .timedOut)
      try producer.put(numbers: 1..<12)
      producer.end()
      #expect(try customer.take() == [8, 10])
      #expect(customer.droppedCount == 7)
      #expect(customer.skippedCount == 3)
    }
  }

  @Test(
    arguments: everyStore, [Strategy.all, .latest, .skip(count: 2), .named("test-second-of-two")])
  func selectionsLookAndTakeNothing(store: StoreKind, strategy: Strategy) throws {
    try withWatchdog {
      #expect(Self.isRegistered)
      var producer = try Self.producer(4)
      var customer = try producer.customer(store, strategy: strategy)
      func look() throws -> Selection.SourceState {
        try Selection.wait(.any, [customer.readiness()], timeout: .now).states[0]
      }
      #expect(try look() == .notYet)
      try producer.put(numbers: 0..<1)
      let takesOne = strategy == .all || strategy == .latest
      #expect(try look() == (takesOne ? .ready : .notYet))
      try producer.put(numbers: 1..<30)
      #expect(try look() == .ready)
      #expect(customer.skippedCount == 0, "a look moves nothing in such a ring")
      #expect(customer.droppedCount == 26)
      let first = try #require(try customer.number())
      #expect(
        first
          == (strategy == .all
            ? 26 : strategy == .latest ? 29 : strategy == .skip(count: 2) ? 28 : 27))
      // Borrowed: it stays, and is ready, whatever comes.
      for number in 30..<40 { try producer.tryPut(number) }
      #expect(try look() == .ready)
      #expect(try customer.number() == first)
      customer.next()
      producer.end()
      while try customer.number() != nil { customer.next() }
      #expect(try look() == .ended)
    }
  }

  /// A sleeping selection is woken although its customer's cursor was moved meanwhile.
  @Test func selectionsWakeWhileItemsAreTakenAway() throws {
    try withWatchdog {
      var producer = try Self.producer(2)
      let ticket = try producer.source(.shm, wait: .park)
      let reader = try Worker {
        var customer = try Customer(ticket)
        var (last, count) = (-1, 0)
        while true {
          let selection = try Selection.wait(.any, [customer.readiness()], timeout: patience)
          if selection.verdict == .over { break }
          guard selection.verdict == .found else { throw Stalled() }
          guard case .item(let frame) = try customer.getNowait() else { continue }
          let number = Payload.number(of: frame)
          guard number > last else { throw Stalled() }
          last = number
          count += 1
          customer.next()
        }
        return count + customer.droppedCount
      }
      for number in 0..<100_000 { try producer.tryPut(number) }
      producer.end()
      // A new item is dropped, too, while the oldest is borrowed.
      #expect(try reader.join() + (producer.droppedCount) >= 100_000)
    }
  }
}
