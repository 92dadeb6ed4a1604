// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Reading in batches delivers what single reads would.
@Suite(.timeLimit(.minutes(10))) struct BatchTests {
  static let sharing = [StoreKind.queue, .shm]
  static let strategies: [Strategy] = [.all, .latest, .skip(count: 2)]

  /// The numbers of one batch; nil at the end.
  private static func batch(
    _ customer: inout Customer<Frame>, upTo limit: Int, timeout: Timeout = patience
  ) throws -> [Int]? {
    var numbers: [Int] = []
    let delivery = try customer.readBatch(upTo: limit, timeout: timeout) { bytes in
      numbers.append(Int(bytes.unsafeLoadUnaligned(as: Int64.self)))
    }
    switch delivery {
    case .item(let count), .byDefault(let count):
      #expect(count == numbers.count)
      return numbers
    case .timedOut: return []
    case .ended: return nil
    }
  }

  @Test(arguments: sharing, strategies)
  func batchesAreWhatSingleReadsAre(store: StoreKind, strategy: Strategy) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 40)
      var single = try producer.customer(store, strategy: strategy)
      var batched = try producer.customer(store, strategy: strategy)
      try producer.put(numbers: 0..<40)
      producer.end()
      var numbers: [Int] = []
      while let some = try Self.batch(&batched, upTo: 16) { numbers += some }
      #expect(try single.take() == numbers)
      #expect(producer.count == 0)
      #expect(single.skippedCount == batched.skippedCount)
    }
  }

  @Test func aBatchTakesWhatIsThereUpToItsLimit() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 40)
      var customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<20)
      #expect(try Self.batch(&customer, upTo: 1) == [0])
      #expect(producer.count == 19)
      #expect(try Self.batch(&customer, upTo: 7) == Array(1..<8))
      #expect(try Self.batch(&customer, upTo: 100) == Array(8..<20))
      #expect(producer.count == 0)
      #expect(try Self.batch(&customer, upTo: 100, timeout: .now) == [])
    }
  }

  /// A long batch must not hold up a producer that waits for its room.
  @Test func roomIsGivenBackDuringABatch() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 32)
      let ticket = try producer.source(.shm)
      var customer = try Customer(ticket)
      try producer.put(numbers: 0..<32)
      var free: [UInt64] = []
      _ = try customer.readBatch(upTo: 32) { _ in
        free.append(ticket.control.customer(0).cursor.loadRelaxed())
      }
      #expect(free == (0..<32).map { UInt64($0 / 8 * 8) })
    }
  }

  /// The item that a body refuses stays, with those after it; those before are released.
  @Test(arguments: sharing)
  func aRefusedItemStays(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 16)
      var customer = try producer.customer(store)
      try producer.put(numbers: 0..<10)
      var seen = 0
      let code = thrownCode {
        while true {
          _ = try customer.readBatch(upTo: 8) { bytes throws(SerializationError) in
            if bytes.unsafeLoadUnaligned(as: Int64.self) == 5 { throw TroubledSerializer.refusal }
            seen += 1
          }
        }
      }
      #expect(code == .serialization(TroubledSerializer.refusal))
      #expect(seen == 5)
      #expect(producer.count == 5)
      #expect(try customer.number() == 5)
      customer.next()
      #expect(try customer.take(4) == [6, 7, 8, 9])
    }
  }

  @Test func aStreamInBatchesAcrossThreads() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 64)
      let ticket = try producer.source(.shm)
      let reader = try Worker {
        var customer = try Customer(ticket)
        var next = 0
        while let some = try Self.batch(&customer, upTo: 50) {
          guard some == Array(next..<next + some.count) else { throw Stalled() }
          next += some.count
        }
        return next
      }
      try producer.put(numbers: 0..<200_000)
      producer.end()
      #expect(try reader.join() == 200_000)
    }
  }
}
