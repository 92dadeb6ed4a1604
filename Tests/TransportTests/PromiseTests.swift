// SPDX-License-Identifier: Apache-2.0
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Ends that were handed to a process which ended before it attached.
@Suite(.timeLimit(.minutes(5))) struct PromiseTests {
  /// A process that inherits what it is given, and does nothing with it.
  private func idler(_ descriptors: [CInt]) throws -> Child {
    try Child("/bin/sleep", ["1000"], descriptors: descriptors)
  }

  @Test(arguments: [StoreKind.queue, .shm], everyWait)
  func aProducerThatNeverCameIsGone(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog {
      var fresh = try Producer.make()
      let ticket = try fresh.source(store, wait: wait)
      var customer = try Customer(ticket)
      let child = try handOver(fresh)
      // Nobody has attached yet: that is not a death, whoever let go of what.
      let early = Found(try customer.get(timeout: .after(nanoseconds: 120_000_000)))
      #expect(early == .timedOut)
      child.kill()
      _ = child.wait()
      let code = thrownCode { _ = try customer.get(timeout: .never) }
      #expect(code == .producerGone)
    }
  }

  private func handOver(_ producer: consuming Producer<Frame>) throws -> Child {
    let (handover, keeper) = try producer.handover()
    defer { withExtendedLifetime(keeper) {} }
    return try idler(handover.descriptors)
  }

  @Test(arguments: [StoreKind.queue, .shm], [Backpressure.block, .dropNewest])
  func aCustomerThatNeverCameHoldsNothingBack(
    store: StoreKind, backpressure: Backpressure
  ) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2, backpressure: backpressure)
      let child = try handOver(producer.source(store))
      try producer.put(numbers: 0..<2)
      #expect(
        try producer.put(Payload.number(2), timeout: .after(nanoseconds: 120_000_000)) != .published
      )
      #expect(producer.evictedCount == 0)
      child.kill()
      _ = child.wait()
      while try producer.put(Payload.number(2), timeout: patience) != .published {}
      #expect(producer.evictedCount == 1)
    }
  }

  private func handOver(_ ticket: SourceTicket<Frame>) throws -> Child {
    try idler(try ticket.handover().descriptors)
  }

  /// `isFull` made the first put take the short way, on which nobody started the server.
  @Test func aLookBeforeTheFirstPutDoesNotCostTheQueueItsServer() throws {
    try withWatchdog {
      for strategy in [Strategy.skip(count: 0), .all, .latest] {
        var producer = try Producer.make()
        var customer = try producer.customer(.queue, strategy: strategy)
        #expect(producer.isFull == false)
        #expect(try producer.waitForRoom(timeout: .now))
        try producer.put(numbers: 0..<1)
        #expect(try customer.number() == 0)
      }
    }
  }
}
