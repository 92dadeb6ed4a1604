// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

@Suite(.timeLimit(.minutes(10))) struct CustomerTests {
  @Test(arguments: everyStore)
  func aGetBorrowsAndANextReleases(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<3)
      for _ in 0..<3 { #expect(try customer.number() == 0) }
      #expect(producer.count == 3)
      customer.next()
      #expect(producer.count == 2)
      #expect(try customer.number() == 1)
      #expect(customer.count == 2)
    }
  }

  @Test(arguments: everyStore)
  func nextAtTheEndDoesNothing(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store)
      for _ in 0..<5 { customer.next() }
      #expect(customer.count == 0)
      try producer.put(numbers: 0..<2)
      #expect(try customer.take(2) == [0, 1])
      for _ in 0..<5 { customer.next() }
      try producer.put(numbers: 2..<3)
      #expect(try customer.number() == 2)
      // An item that nobody looked at is released like any other.
      customer.next()
      try producer.put(numbers: 3..<5)
      customer.next()
      #expect(try customer.number() == 4)
    }
  }

  @Test(arguments: everyStore)
  func lengthsAreTold(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store)
      #expect(customer.count == 0)
      #expect(customer.isEmpty == true)
      #expect(customer.isLast == false)
      try producer.put(numbers: 0..<2)
      #expect(customer.count == 2)
      #expect(customer.isEmpty == false)
      #expect(customer.isLast == false)
      customer.next()
      #expect(customer.isLast == true)
      customer.next()
      customer.defaultItem = { try! Payload.number(-7) }
      #expect(customer.isEmpty == false)
      #expect(customer.isLast == true)
    }
  }

  @Test(arguments: everyStore, everyWait)
  func aTimeoutIsAResult(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      var producer = try Producer.make(wait: wait)
      for strategy in [Strategy.all, .latest, .skip(count: 1)] {
        var customer = try producer.customer(store, strategy: strategy, wait: wait)
        for nanoseconds in [0, 1, 3_000_000] as [Int64] {
          let before = MonotonicTime.nanoseconds()
          let found = Found(try customer.get(timeout: .after(nanoseconds: nanoseconds)))
          #expect(found == .timedOut)
          #expect(MonotonicTime.nanoseconds() - before >= nanoseconds)
        }
        let now = Found(try customer.getNowait())
        #expect(now == .timedOut)
        let available = try customer.waitForItem(timeout: .now)
        #expect(available == .timedOut)
      }
    }
  }

  /// One timeout for all the items a strategy passes over, not one for each.
  @Test(arguments: everyStore)
  func aTimeoutCoversTheWholeGet(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      let ticket = try producer.source(store, strategy: .skip(count: 100_000))
      let worker = try Worker {
        var customer = try Customer(ticket)
        let found = Found(try customer.get(timeout: .after(.milliseconds(40))))
        return (found, customer.skippedCount)
      }
      // Items come much more often than the timeout, until the customer has left.
      var published = 0
      while try producer.put(Payload.number(published)) == .published,
        ticket.control.customer(0).state.loadAcquire() != CustomerLine.State.detached.rawValue
      {
        published += 1
        _ = ticket.control.customer(7).state.wait(while: 0, timeoutNanoseconds: 1_000_000)
        if published > 5_000 { break }
      }
      let (found, skipped) = try worker.join()
      #expect(found == .timedOut)
      #expect(skipped <= 5_000 && published < 5_000)
    }
  }

  @Test(arguments: everyStore)
  func aDefaultIsDeliveredWhenThereIsNothing(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store)
      customer.defaultItem = { try! Payload.number(-7) }
      try producer.put(numbers: 0..<3)
      #expect(try customer.take(8) == [0, 1, 2, -7, -7, -7, -7, -7])
      let found = Found(try customer.get(timeout: .never))
      #expect(found == .byDefault)
      try producer.put(numbers: 3..<4)
      #expect(try customer.number() == 3)
      customer.next()
      // The end is told, default or not.
      producer.end()
      let last = try customer.number()
      #expect(last == nil)
    }
  }

  @Test(arguments: everyStore)
  func aSkipThatIsNotSatisfiedDeliversTheDefault(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store, strategy: .skip(count: 2))
      customer.defaultItem = { try! Payload.number(-7) }
      try producer.put(numbers: 0..<2)
      #expect(try customer.number(timeout: .never) == -7)
      #expect(try customer.number(timeout: .never) == -7)
      try producer.put(numbers: 2..<4)
      #expect(try customer.number() == 2)
    }
  }

  @Test(arguments: [StoreKind.queue, .shm])
  func bytesAreReadInPlace(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: 500)
      var customer = try producer.customer(store)
      for (index, count) in [0, 112, 113, 500].enumerated() {
        _ = try producer.put(Payload.frame(index, count: count))
        let whole = try customer.readBytes(timeout: patience) { span in
          span.byteCount == count && Payload.matches(span, index)
        }
        #expect(whole.value == true)
        let viewed = try customer.read(timeout: patience) { header, span in
          header.shape.count == 1 && span.byteCount == count && Payload.matches(span, index)
        }
        #expect(viewed.value == true)
        customer.next()
      }
      let late = Found(try customer.readBytes(timeout: .now) { _ in })
      #expect(late == .timedOut)
      producer.end()
      let ended = Found(try customer.read(timeout: .never) { _, _ in })
      #expect(ended == .ended)
    }
  }

  @Test func aListCustomerGetsItemsNotBytes() throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(.list)
      try producer.put(numbers: 0..<1)
      let code = thrownCode { _ = try customer.readBytes { _ in } }
      #expect(code == .unsupported)
      let read = try customer.read { _, span in span.byteCount }
      #expect(read.value == 8)
    }
  }

  @Test(arguments: everyStore)
  func whatABodyThrowsReachesTheCaller(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<2)
      let refusal = SerializationError(.malformed, "refused")
      let code = thrownCode {
        _ = try customer.read { (_, _) throws(SerializationError) in throw refusal }
      }
      #expect(code == .serialization(refusal))
      // The item is still there, and so are those after it.
      #expect(try customer.take(2) == [0, 1])
    }
  }

  @Test(arguments: everyStore)
  func aTicketIsTakenOnce(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(store)
      let customer = try Customer(ticket)
      let code = thrownCode { _ = try Customer(ticket) }
      #expect(code == .unsupported)
      _ = consume customer
      // Not even when the first customer has left.
      let again = thrownCode { _ = try Customer(ticket) }
      #expect(again == .unsupported)
    }
  }

  /// What another process wrote into the control words must not stop this one.
  @Test(arguments: everyStore, [0, 1, 1 << 63, .max, .max - 1] as [UInt64])
  func damagedCountersDoNotTrap(store: StoreKind, value: UInt64) throws {
    try withWatchdog {
      var producer = try Producer.make()
      let ticket = try producer.source(store)
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<5)
      #expect(try customer.take(3) == [0, 1, 2])
      let (control, line) = (ticket.control, ticket.control.customer(0))
      for word in [
        control.head, control.dropped, control.evicted, line.cursor, line.skipped,
        line.requestStart, line.requestEnd,
      ] {
        word.storeRelaxed(value)
      }
      #expect(customer.count >= 0)
      #expect(customer.skippedCount >= 0)
      #expect(producer.count >= 0)
      #expect(producer.droppedCount >= 0)
      #expect(producer.evictedCount >= 0)
      _ = try? customer.get(timeout: .after(nanoseconds: 1_000_000))
      customer.next()
      for number in 0..<20 { _ = try producer.putNowait(Payload.number(number)) }
      _ = try? customer.get(timeout: .after(nanoseconds: 1_000_000))
      _ = producer.drain(timeout: .now)
      // Ended streams wait for queue customers; this one will never be served again.
      line.state.storeRelease(CustomerLine.State.detached.rawValue)
    }
  }
}
