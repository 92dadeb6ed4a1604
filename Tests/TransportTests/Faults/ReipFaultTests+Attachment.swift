// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// REIP's faults of attachment and of ends that die, by their numbers in the survey of it: each test
/// fails on what REIP does.
@Suite(.timeLimit(.minutes(10))) struct ReipFaultAttachmentTests {
  /// REIP's readers poll, or block in a pipe, for ever when the producer is killed.
  @Test(arguments: everyStore, everyWait)
  func fault04_aDeadProducerIsNoticed(store: StoreKind, wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var fresh = try Producer.make(itemByteCount: 300)
      let ticket = try fresh.source(store, wait: wait)
      var customer = try Customer(ticket)
      // A list's producer dies with its customer's process, or is let go without an end.
      if store == .list {
        for index in 0..<5 { _ = try fresh.put(Payload.frame(index, count: 300)) }
        _ = consume fresh
        #expect(try customer.itemsUntilDeath(byteCount: 300) == 5)
        return
      }
      let (handover, keeper) = try fresh.handover()
      let text = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
      // It dies once the customer has everything, and waits for more.
      let peer = try Child.peer(
        ["producer", text, "300", "5", "drain-die"], descriptors: handover.descriptors)
      #expect(try customer.itemsUntilDeath(byteCount: 300) == 5)
      #expect(peer.wait() == .signalled(SIGKILL))
      withExtendedLifetime(keeper) {}
    }
  }

  /// The same for a customer that came by name, and for one that comes too late.
  @Test func fault04_aDeadPublisherIsNoticed() throws {
    try withWatchdog(seconds: 120) {
      let scratch = NameScratch()
      let producer = try scratch.producer("ring", mode: "block-wait")
      var customer = try Customer<Frame>(attaching: "ring", in: scratch.directory)
      _ = try customer.readBytes(timeout: patience) { _ in }
      producer.kill()
      var items = 0
      let code = thrownCode {
        while case .item = try customer.readBytes(timeout: .never, { _ in }) {
          items += 1
          customer.next()
        }
      }
      #expect(code == .producerGone)
      #expect(items >= 1)
      let late = memoryCode { _ = try Customer<Frame>(attaching: "ring", in: scratch.directory) }
      #expect(late == .nameStale)
    }
  }

  /// In REIP a source of the wrong context reads nothing, for ever and without a word.
  @Test func fault11_aWrongContextIsAnError() throws {
    try withWatchdog(seconds: 120) {
      let scratch = NameScratch()
      var producer = try Producer.make()
      let list = try producer.source(.list)
      #expect(thrownCode { _ = try list.handover() } == .unsupported)
      let forged = SourceHandover(
        index: 0, configuration: SourceConfiguration(store: .list, serializer: "raw"),
        descriptors: [])
      #expect(thrownCode { _ = try Customer<Frame>(forged) } == .unsupported)
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      for store in [StoreKind.list, .queue] {
        let code = thrownCode {
          _ = try Customer<Frame>(attaching: "ring", store: store, in: scratch.directory)
        }
        #expect(code == .unsupported)
      }
      // A place that is somebody's already.
      let ticket = try producer.source(.shm)
      let holder = try Customer(ticket)
      #expect(thrownCode { _ = try Customer(ticket) } == .unsupported)
      _ = consume holder
    }
  }

  /// REIP's ends must be forked from one process, which has threads by then. These two share no
  /// descriptor and no memory at their start.
  @Test func fault15_unrelatedProcessesAttach() throws {
    try withWatchdog(seconds: 120) {
      let scratch = NameScratch()
      let producer = try scratch.producer("ring", byteCount: 500, count: 5000, mode: "block-wait")
      let customer = try scratch.customer("ring", limit: .max)
      #expect(customer.wait() == .exited(0))
      // The first items may be put while it arrives; all the others it has, in order.
      let said = customer.standardError
      #expect(said.contains(" status=ended") && !said.contains("items=0 "), "\(said)")
      #expect(producer.wait() == .exited(0))
      #expect(producer.standardError.contains("published=5000 evicted=0 drained=true"))
    }
  }
}
