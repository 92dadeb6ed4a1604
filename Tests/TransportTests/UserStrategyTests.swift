// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Synchronization
import Testing
import Transport
import TransportPeer

/// Strategies that users register.
@Suite(.timeLimit(.minutes(10))) struct UserStrategyTests {
  /// Keeps up: every item while fewer than `limit` are waiting, else only the newest `limit`. What a
  /// display wants that shows every frame unless it falls behind.
  private static func keepUp(_ limit: UInt64) -> StrategyRegistry.Rule {
    { counters in .take(passing: counters.lag > limit ? counters.lag - limit : 0) }
  }

  /// Calls of `test-counting`, which takes everything.
  private static let calls = Atomic(0)

  private static let isRegistered: Bool = {
    let registry = StrategyRegistry.standard
    try? registry.register("test-keep-up-3", keepUp(3))
    try? registry.register("test-fifth") { counters in
      .take(passing: 4 - min(4, counters.skippedSinceTaken))
    }
    // Two at least must be there; at the end the last one goes without company.
    try? registry.register("test-pairs") { counters in
      counters.lag >= 2 || counters.hasEnded ? .take(passing: 0) : .waitForMore
    }
    try? registry.register("test-greedy") { counters in
      counters.lag >= 100 ? .take(passing: 0) : .waitForMore
    }
    try? registry.register("test-counting") { _ in
      calls.wrappingAdd(1, ordering: .relaxed)
      return .take(passing: 0)
    }
    return true
  }()

  init() { #expect(Self.isRegistered) }

  @Test(arguments: everyStore)
  func aCustomerThatFallsBehindJumpsToTheNewestItems(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 16)
      var customer = try producer.customer(store, strategy: .named("test-keep-up-3"))
      try producer.put(numbers: 0..<3)
      #expect(try customer.take(3) == [0, 1, 2])
      try producer.put(numbers: 3..<13)
      #expect(try customer.number() == 10)
      // Chosen once: more items do not move it on while it is borrowed.
      try producer.put(numbers: 13..<16)
      #expect(try customer.number() == 10)
      #expect(customer.skippedCount == 7 && producer.count == 6)
      customer.next()
      #expect(try customer.number() == 13)
      customer.next()
      producer.end()
      #expect(try customer.take() == [14, 15])
      #expect(customer.skippedCount == 9)
    }
  }

  /// More to pass over than there is: progress is kept, and nothing is held back.
  @Test(arguments: everyStore, [1, 16])
  func passingOverGoesOnAsItemsCome(store: StoreKind, capacity: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: capacity)
      var customer = try producer.customer(store, strategy: .named("test-fifth"))
      var got: [Int] = []
      for number in 0..<23 {
        try producer.put(numbers: number..<number + 1)
        let found = try Selection.wait(.any, [customer.readiness()], timeout: .now)
        guard found.ready == [0] else {
          #expect(found.states == [.notYet])
          #expect(producer.count == 0)
          continue
        }
        if let number = try customer.number() { got.append(number) }
        customer.next()
      }
      producer.end()
      #expect(got == [4, 9, 14, 19])
      let last = try customer.number()
      #expect(last == nil)
      #expect(customer.skippedCount == 19)
    }
  }

  @Test(arguments: everyStore)
  func moreMustComeFirst(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      var customer = try producer.customer(store, strategy: .named("test-pairs"))
      try producer.put(numbers: 0..<1)
      for _ in 0..<2 {
        let found = Found(try customer.getNowait())
        #expect(found == .timedOut)
      }
      #expect(try Selection.wait(.any, [customer.readiness()], timeout: .now).ready == [])
      #expect(producer.count == 1)
      let ticket = try producer.source(store, strategy: .named("test-pairs"))
      let sleeper = try reader(ticket)
      try producer.put(numbers: 1..<4)
      #expect(try Selection.wait(.any, [customer.readiness()], timeout: .never).ready == [0])
      #expect(try customer.take(3) == [0, 1, 2])
      producer.end()
      #expect(try customer.take() == [3])
      let numbers = try sleeper.join()
      #expect(numbers.last == 3)
    }
  }

  @Test(arguments: everyStore)
  func whatNoRingCanHoldIsAnErrorAndNoHang(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4)
      var customer = try producer.customer(store, strategy: .named("test-greedy"))
      try producer.put(numbers: 0..<4)
      #expect(try Selection.wait(.all, [customer.readiness()], timeout: .never).ready == [0])
      #expect(thrownCode { _ = try customer.get(timeout: .never) } == .unsupported)
      producer.end()
      // What nobody wanted is passed over at the end, and counted.
      let found = Found(try customer.get(timeout: .never))
      #expect(found == .ended && customer.skippedCount == 4)
    }
  }

  @Test func anUnknownNameNamesTheNearest() throws {
    var producer = try Producer.make()
    let ticket = try producer.source(.shm, strategy: .named("test-fith"))
    #expect(thrownCode { _ = try Customer(ticket) } == .unknownStrategy(nearest: "test-fifth"))
    // The place was not taken by the attempt that failed.
    try StrategyRegistry.standard.register("test-fith") { _ in .take(passing: 0) }
    var customer = try Customer(ticket)
    try producer.put(numbers: 0..<1)
    #expect(try customer.number() == 0)
  }

  @Test func namesAreCheckedAndTakenOnce() throws {
    let registry = StrategyRegistry()
    for name in ["", "Every Third", "all", "latest", "skip"] {
      #expect(
        thrownCode { try registry.register(name) { _ in .waitForMore } } == .invalidArgument)
    }
    try registry.register("every-third") { _ in .take(passing: 2) }
    #expect(
      thrownCode { try registry.register("every-third") { _ in .waitForMore } } == .invalidArgument)
    #expect(registry.names == ["every-third"])
    let rule = try registry.rule(named: "every-third")
    #expect(rule(StrategyCounters(cursor: 5, head: 9)) == .take(passing: 2))
    #expect(StrategyCounters(cursor: .max, head: 4).lag == 5)
  }

  /// Across processes a strategy is its name; there it is unknown.
  @Test func aStrategyTravelsAsItsName() throws {
    for strategy in [Strategy.all, .latest, .skip(count: 3), .named("test-fifth")] {
      let json = try JSONEncoder().encode(strategy)
      #expect(try JSONDecoder().decode(Strategy.self, from: json) == strategy)
    }
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(.shm, strategy: .named("test-fifth"))
      let handover = try ticket.handover()
      let json = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
      let child = try Child.peer(
        ["customer", json, "8", "0"], descriptors: handover.descriptors)
      #expect(child.wait() == .exited(1))
      #expect(child.standardError.contains("no strategy is called 'test-fifth' in this process"))
    }
  }

  /// The built-in strategies ask nobody, and a user strategy is asked once per item.
  @Test func aRuleIsAskedOncePerItem() throws {
    var producer = try Producer.make(capacity: 32)
    var customer = try producer.customer(.shm, strategy: .named("test-counting"))
    try producer.put(numbers: 0..<20)
    let before = Self.calls.load(ordering: .relaxed)
    #expect(try customer.take(20) == Array(0..<20))
    #expect(Self.calls.load(ordering: .relaxed) - before == 20)
  }
}
