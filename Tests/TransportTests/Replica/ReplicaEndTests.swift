// SPDX-License-Identifier: Apache-2.0
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Ends, terminations and deaths pass through a replica as they are.
@Suite(.timeLimit(.minutes(10))) struct ReplicaEndTests {
  let scratch = NameScratch()

  @Test func aTerminationIsPassedOnAtOnce() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 8)
      var replica = try Replica(of: producer.customer(.shm))
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<4)
      _ = try replica.carry()
      #expect(try customer.number() == 0)
      try producer.put(numbers: 4..<6)
      producer.terminate()
      try replica.run()
      // What it borrows stays; three were copied and not read, and two not copied.
      customer.next()
      #expect(try customer.number() == nil)
      #expect(customer.droppedCount == 3 && replica.missedCount == 2)
    }
  }

  /// A replica that waits for room looks up from it.
  @Test(arguments: everyWait)
  func aTerminationReachesAReplicaThatIsFull(wait: WaitStrategy) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2, wait: wait)
      var replica = try Replica(of: producer.customer(.shm, wait: wait))
      var customer = try Customer(replica.makeSource(wait: wait))
      try producer.put(numbers: 0..<2)
      _ = try replica.carry()
      try producer.put(numbers: 2..<4)
      let relay = try relay(replica)
      usleep(5000)
      producer.terminate()
      while !customer.control.isTerminated { usleep(1000) }
      #expect(try customer.number() == nil)
      // One in its hands; what it never took is not its own to count.
      #expect(try relay.outcome() == Relayed(carried: 2, discarded: 1))
    }
  }

  /// Ended, and then terminated while its customers are still reading.
  @Test func aTerminationAfterTheEndIsPassedOnWhileDraining() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 4)
      var replica = try Replica(of: producer.customer(.shm))
      var customer = try Customer(replica.makeSource())
      try producer.put(numbers: 0..<4)
      producer.end()
      try replica.run()
      var isDrained = replica.drain(timeout: .now)
      #expect(!isDrained)
      producer.terminate()
      isDrained = replica.drain(timeout: .after(nanoseconds: 1_000_000))
      #expect(!isDrained)
      #expect(try customer.number() == nil)
      isDrained = replica.drain(timeout: .now)
      #expect(isDrained)
    }
  }

  /// Everything it published arrives, then the error that any customer gets.
  @Test func aProducersDeathIsToldAfterItsLastItem() throws {
    try withWatchdog(seconds: 120) {
      let producer = try scratch.producer("ring", byteCount: 200, mode: "block-wait")
      var replica = try Replica(of: Customer<Frame>(attaching: "ring", in: scratch.directory))
      var customer = try Customer(replica.makeSource())
      var carried = try replica.carry(timeout: patience).value ?? 0
      producer.kill()
      _ = producer.wait()
      var code: TransportError.Code?
      do throws(TransportError) {
        // Both rings hold sixteen: of more than that the replica's customer makes room below.
        while let more = try replica.carry(timeout: .after(nanoseconds: 200_000_000)).value {
          carried += more
        }
      } catch {
        code = error.code
      }
      #expect(code == .producerGone || carried == 16)
      _ = consume replica
      var numbers: [Int] = []
      code = nil
      do throws(TransportError) {
        let number: (RawSpan) -> Int = { Payload.number(of: $0) ?? -1 }
        while let found = try customer.readBytes(timeout: patience, number).value {
          numbers.append(found)
          customer.next()
        }
      } catch {
        code = error.code
      }
      #expect(code == .producerGone)
      #expect(numbers.count == carried)
      #expect(numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + carried))
    }
  }

  /// In a process of its own: to its customers it was the producer, to the producer a customer.
  @Test func aReplicasDeathIsToldOnBothSides() throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make(capacity: 4)
      try producer.publish(as: "ring", serializer: "raw", in: scratch.directory)
      let replica = try Child.peer(["replicate", scratch.path, "ring", "copy", "spin-park"])
      try replica.await("published")
      var customer = try Customer<Frame>(attaching: "copy", in: scratch.directory)
      try producer.put(numbers: 0..<4)
      #expect(try customer.take(4) == [0, 1, 2, 3])

      let source = try RingSnapshot.named("ring", in: scratch.directory)
      #expect(source.customers.map(\.process) == [replica.pid])
      #expect(source.customers.map(\.state) == [.attached])
      let copy = try RingSnapshot.named("copy", in: scratch.directory)
      #expect(copy.producer == replica.pid && copy.state == .open && copy.counts?.head == 4)
      #expect(copy.customers.map(\.process) == [getpid()])

      replica.kill()
      _ = replica.wait()
      let code = thrownCode { _ = try customer.number() }
      #expect(code == .producerGone)
      // Nobody else reads: the ring fills up, and the dead one is found then.
      for number in 4..<12 { _ = try producer.put(Payload.number(number), timeout: patience) }
      #expect(producer.evictedCount == 1)
      _ = consume customer
    }
  }

  @Test func aWholeStreamPassesThroughProcesses() throws {
    try withWatchdog(seconds: 120) {
      let producer = try scratch.producer(
        "ring", capacity: 8, byteCount: 5000, count: 500, mode: "block-wait")
      let replica = try Child.peer(["replicate", scratch.path, "ring", "copy", "park"])
      try replica.await("published")
      let readers = try (0..<2).map { _ in
        try scratch.customer("copy", limit: .max, wait: "park", mode: "leave")
      }
      for reader in readers {
        #expect(reader.wait() == .exited(0))
        #expect(reader.standardError.contains("status=ended"), "\(reader.standardError)")
      }
      #expect(replica.wait() == .exited(0), "\(replica.standardError)")
      #expect(replica.standardError.contains("carried=500 discarded=0"))
      #expect(producer.wait() == .exited(0), "\(producer.standardError)")
      #expect(producer.standardError.contains("drained=true"))
    }
  }
}
