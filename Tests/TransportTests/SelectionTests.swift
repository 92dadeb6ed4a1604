// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import Transport
import TransportPeer

private let moment = Timeout.after(nanoseconds: 3_000_000)

/// What a selection over several sources says of each, in every store.
@Suite(.timeLimit(.minutes(10))) struct SelectionTests {
  private func select(
    _ condition: Selection.Condition, _ sources: Readiness..., timeout: Timeout = moment
  ) throws -> Selection {
    try Selection.wait(condition, sources, timeout: timeout)
  }

  @Test(arguments: everyStore, everyStore)
  func anyNeedsOneAndAllNeedsEveryOne(left: StoreKind, right: StoreKind) throws {
    try withWatchdog {
      var first = try Producer.make()
      var second = try Producer.make()
      var one = try first.customer(left)
      var two = try second.customer(right)
      var found = try select(.any, one.readiness(), two.readiness())
      #expect(found.verdict == .timedOut && found.states == [.notYet, .notYet])
      try second.put(numbers: 0..<1)
      found = try select(.any, one.readiness(), two.readiness(), timeout: .never)
      #expect(found.verdict == .found && found.states == [.notYet, .ready] && found.ready == [1])
      found = try select(.all, one.readiness(), two.readiness())
      #expect(found.verdict == .timedOut && found.ready == [1])
      try first.put(numbers: 0..<1)
      found = try select(.all, one.readiness(), two.readiness(), timeout: .now)
      #expect(found.verdict == .found && found.ready == [0, 1])
      // An item that is held is still there.
      #expect(try one.number() == 0)
      found = try select(.all, one.readiness(), two.readiness(), timeout: .now)
      #expect(found.verdict == .found)
      one.next()
      found = try select(.all, one.readiness(), two.readiness(), timeout: .now)
      #expect(found.verdict == .timedOut && found.states == [.notYet, .ready])
    }
  }

  /// An end counts once for `any`; the loop over what is ready needs no list of the living.
  @Test(arguments: everyStore)
  func anEndIsNoticedOnce(store: StoreKind) throws {
    try withWatchdog {
      var first = try Producer.make()
      var second = try Producer.make()
      var one = try first.customer(store)
      var two = try second.customer(store)
      try first.put(numbers: 0..<2)
      first.end()
      // What was published comes before the end.
      var found = try select(.any, one.readiness(), two.readiness())
      #expect(found.states == [.ready, .notYet])
      #expect(try one.take(2) == [0, 1])
      found = try select(.any, one.readiness(), two.readiness(), timeout: .never)
      #expect(found.verdict == .found && found.states == [.ended, .notYet] && found.ready == [])
      found = try select(.any, one.readiness(), two.readiness())
      #expect(found.verdict == .timedOut && found.states == [.ended, .notYet])
      try second.put(numbers: 0..<1)
      found = try select(.any, one.readiness(), two.readiness(), timeout: .never)
      #expect(found.verdict == .found && found.states == [.ended, .ready])
      // All cannot come true any more, whatever the other one has.
      found = try select(.all, one.readiness(), two.readiness(), timeout: .never)
      #expect(found.verdict == .over && found.states == [.ended, .ready])
      #expect(try two.take(1) == [0])
      second.end()
      found = try select(.any, one.readiness(), two.readiness(), timeout: .never)
      #expect(found.verdict == .over && found.states == [.ended, .ended])
    }
  }

  @Test(arguments: everyStore)
  func aDefaultIsAlwaysReady(store: StoreKind) throws {
    try withWatchdog {
      for strategy in [Strategy.all, .latest, .skip(count: 2)] {
        var first = try Producer.make()
        var second = try Producer.make()
        var one = try first.customer(store, strategy: strategy)
        var two = try second.customer(store)
        let substitute = try Payload.number(-7)
        one.defaultItem = { substitute }
        var found = try select(.all, one.readiness(), two.readiness())
        #expect(found.verdict == .timedOut && found.states == [.ready, .notYet])
        try second.put(numbers: 0..<1)
        found = try select(.all, one.readiness(), two.readiness(), timeout: .never)
        #expect(found.verdict == .found)
        #expect(try one.number() == -7)
        first.end()
        found = try select(.any, one.readiness(), two.readiness(), timeout: .now)
        #expect(found.states == [.ended, .ready])
      }
    }
  }

  /// An unsatisfied skip is no end, and what it passes over holds nothing back: also not in a ring
  /// that is smaller than the skip.
  @Test(arguments: everyStore, [2, 8])
  func anUnsatisfiedSkipIsNotYet(store: StoreKind, capacity: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: capacity)
      var customer = try producer.customer(store, strategy: .skip(count: 3))
      for number in 0..<3 {
        try producer.put(numbers: number..<number + 1)
        let found = try select(.any, customer.readiness(), timeout: .now)
        #expect(found.verdict == .timedOut && found.states == [.notYet])
        #expect(producer.count == 0 && customer.skippedCount == number + 1)
        let left = customer.count
        #expect(left == 0)
      }
      try producer.put(numbers: 3..<5)
      #expect(try select(.any, customer.readiness()).ready == [0])
      #expect(try customer.number() == 3)
      // Held, although only one item is there behind it.
      #expect(try select(.any, customer.readiness()).ready == [0])
      customer.next()
      #expect(try select(.any, customer.readiness(), timeout: .now).verdict == .timedOut)
      producer.end()
      let found = try select(.any, customer.readiness(), timeout: .never)
      #expect(found.verdict == .over && found.states == [.ended])
      #expect(customer.skippedCount == 4)
    }
  }

  @Test func aDamagedSlotIsReadyToBeReported() throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(.shm)
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<1)
      // The first slot follows the lines of the eight customers.
      producer.segment.uint64(at: 512 + 8 * 128).storeRelease(77)
      #expect(try select(.any, customer.readiness(), timeout: .now).ready == [0])
      #expect(thrownCode { _ = try customer.get(timeout: patience) } == .corrupt)
    }
  }

  @Test func nothingToWaitForIsOver() throws {
    for condition in Selection.Condition.allCases {
      #expect(try Selection.wait(condition, []).verdict == .over)
    }
  }

  @Test func moreRingsThanTheKernelTakesAreRefused() throws {
    var one = try Producer<Frame>.make()
    var many: [Readiness] = []
    for _ in 0..<129 {
      var producer = try Producer<Frame>.make(capacity: 1, customerLimit: 1)
      var customer = try producer.customer(.list)
      many.append(customer.readiness())
    }
    #expect(thrownCode { _ = try Selection.wait(.any, many) } == .invalidArgument)
    // Customers of one ring are one place to sleep at.
    var customer = try one.customer(.list)
    let same = [Readiness](repeating: customer.readiness(), count: 200)
    #expect(try Selection.wait(.any, same, timeout: moment).verdict == .timedOut)
  }

  @Test func anInterruptEndsAWaitFromAnotherThread() throws {
    try withWatchdog {
      let interrupt = try Interrupt()
      var producer = try Producer.make()
      var customer = try producer.customer(.shm)
      let handle = customer.readiness()
      let asleep = producer.segment.uint32(at: 260)
      let raiser = try Worker {
        while asleep.loadAcquire() == 0 {}
        interrupt.raise(to: 2)
        interrupt.raise()
      }
      #expect(try Selection.wait(.all, [handle], interruptedBy: interrupt).verdict == .interrupted)
      try raiser.join()
      #expect(interrupt.level == 2)
      try producer.put(numbers: 0..<1)
      let found = try Selection.wait(.any, [customer.readiness()], interruptedBy: interrupt)
      #expect(found.verdict == .interrupted && found.states == [.ready])
    }
  }
}
