// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Room that is lent becomes the next item, or is given back; nothing else is put meanwhile.
@Suite(.timeLimit(.minutes(10))) struct LoanTests {
  private static let sizes = [0, 1, 112, 113, 4096, 1 << 20]

  private func loan(
    _ producer: inout Producer<Frame>, _ byteCount: Int, timeout: Timeout = .now
  ) throws -> Loan {
    switch try producer.loan(byteCount: byteCount, timeout: timeout) {
    case .granted(let loan): return loan
    case .refused(let result): throw Refused(result: result)
    }
  }

  private struct Refused: Error, Equatable { let result: PutResult }

  private func fill(_ loan: inout Loan, _ value: UInt8) {
    loan.withBytes { bytes in
      for place in 0..<bytes.byteCount {
        bytes.storeBytes(of: value, toByteOffset: place, as: UInt8.self)
      }
    }
  }

  /// The bytes of the next item.
  private func take(_ customer: inout Customer<Frame>) throws -> [UInt8] {
    let delivery = try customer.readBytes(timeout: .now) { span in
      (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    customer.next()
    return try #require(delivery.value)
  }

  private func refusal(
    of loan: consuming Loan, by producer: inout Producer<Frame>
  ) -> TransportError.Code? {
    do throws(TransportError) {
      try producer.publish(loan)
      return nil
    } catch {
      return error.code
    }
  }

  private func invalid(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch let error as TransportError {
      return error.code == .invalidArgument
    } catch {
      return false
    }
  }

  @Test(arguments: sizes)
  func whatWasWrittenIsPublished(byteCount: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 3, itemByteCount: 1 << 20)
      var customer = try producer.customer(.shm)
      for round in 0..<10 {
        var loan = try loan(&producer, byteCount)
        let lent = loan.byteCount
        #expect(lent == byteCount)
        fill(&loan, UInt8(round))
        let nothing = try customer.get(timeout: .now)
        guard case .timedOut = nothing else {
          Issue.record("a loan was visible")
          return
        }
        try producer.publish(loan)
        #expect(try take(&customer) == [UInt8](repeating: UInt8(round), count: byteCount))
      }
    }
  }

  @Test(arguments: [(112, 5), (4096, 0), (4096, 100)])
  func lessThanWasLentMayBePublished(lent: Int, published: Int) throws {
    var producer = try Producer.make(itemByteCount: 4096)
    var customer = try producer.customer(.shm)
    var loan = try loan(&producer, lent)
    fill(&loan, 7)
    try producer.publish(loan, byteCount: published)
    #expect(try take(&customer) == [UInt8](repeating: 7, count: published))
  }

  /// The arena is a ring of bytes: whatever a loan took must be free again.
  @Test(arguments: [64, 5000])
  func aLoanThatIsLetGoOfGivesItsRoomBack(byteCount: Int) throws {
    var producer = try Producer.make(capacity: 2, itemByteCount: 5000)
    var customer = try producer.customer(.shm)
    for round in 0..<20 {
      do {
        var loan = try loan(&producer, byteCount)
        fill(&loan, 99)
      }
      if round % 2 == 0 {
        let isFull = producer.isFull
        #expect(!isFull)
        try producer.put(numbers: round..<round + 1)
      } else {
        try producer.publish(loan(&producer, 8))
      }
      customer.next()
    }
    let counts = (producer.publishedCount, producer.count)
    #expect(counts == (20, 0))
  }

  @Test func nothingElseIsPutMeanwhile() throws {
    var producer = try Producer.make(capacity: 8)
    var customer = try producer.customer(.shm)
    try producer.put(numbers: 0..<1)
    var loan = try loan(&producer, 8)
    let isFull = producer.isFull
    #expect(!isFull)
    #expect(invalid { try producer.tryPut(1) })
    #expect(invalid { _ = try producer.loan(byteCount: 8, timeout: .now) })
    #expect(
      invalid { _ = try producer.putBatch(upTo: 2, byteCount: 8, timeout: .now) { _, _ in 8 } })
    fill(&loan, 1)
    try producer.publish(loan)
    try producer.tryPut(2)
    #expect(try customer.number() == 0)
    customer.next()
    #expect(try take(&customer) == [UInt8](repeating: 1, count: 8))
    #expect(try customer.number() == 2)
  }

  /// A customer that comes while a loan is out holds its items back like any other.
  @Test func newcomersCount() throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 2)
      var first = try producer.customer(.shm)
      let loan = try loan(&producer, 8)
      var second = try producer.customer(.shm)
      try producer.publish(loan)
      try producer.tryPut(1)
      #expect(try producer.tryPut(2) == .timedOut)
      first.next()
      #expect(try producer.tryPut(2) == .timedOut)
      second.next()
      #expect(try producer.tryPut(2) == .published)
    }
  }

  @Test func aFullRingRefusesAsPutsDo() throws {
    for (backpressure, result) in [
      (Backpressure.block, PutResult.timedOut), (.dropNewest, .dropped),
    ] {
      var producer = try Producer.make(capacity: 1, backpressure: backpressure)
      #expect(throws: Refused(result: .noCustomers)) { _ = try loan(&producer, 8) }
      let customer = try producer.customer(.shm)
      try producer.put(numbers: 0..<1)
      #expect(throws: Refused(result: result)) { _ = try loan(&producer, 8) }
      let dropped = producer.droppedCount
      #expect(dropped == (result == .dropped ? 1 : 0))
      withExtendedLifetime(customer) {}
    }
    var producer = try Producer.make(capacity: 1)
    let customer = try producer.customer(.shm)
    let error = #expect(throws: TransportError.self) { _ = try loan(&producer, 1 << 30) }
    #expect(error?.code == .tooLarge)
    withExtendedLifetime(customer) {}
  }

  @Test func loansThatCannotBePublishedAreRefused() throws {
    var producer = try Producer.make()
    var other = try Producer.make()
    let customers = try (producer.source(.shm), other.source(.shm))
    let foreign = try loan(&other, 8)
    #expect(refusal(of: foreign, by: &producer) == .invalidArgument)
    let late = try loan(&producer, 8)
    producer.end()
    #expect(refusal(of: late, by: &producer) == .ended)
    let early = try loan(&other, 8)
    let list = try other.source(.list)
    #expect(refusal(of: early, by: &other) == .unsupported)
    try other.put(numbers: 0..<1)
    withExtendedLifetime((customers, list)) {}
  }

  @Test func anotherThreadMayFillIt() throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: 4096)
      var customer = try producer.customer(.shm)
      var loan = try loan(&producer, 4096)
      let room = loan.room
      let thread = try NativeThread {
        room.write(offset: 0, count: 4096) { bytes in
          for place in 0..<4096 { bytes.storeBytes(of: 3, toByteOffset: place, as: UInt8.self) }
        }
      }
      thread.join()
      loan.withBytes { $0.storeBytes(of: 4, toByteOffset: 4095, as: UInt8.self) }
      try producer.publish(loan)
      #expect(try take(&customer) == [UInt8](repeating: 3, count: 4095) + [4])
    }
  }

  @Test func byteBudgetsCountWhatIsLent() throws {
    var producer = try Producer<Frame>(
      ProducerConfiguration(capacity: 8, arenaByteCount: 1 << 16, byteBudget: 1000))
    var customer = try Customer(
      producer.makeSource(SourceConfiguration(store: .shm, serializer: "raw")))
    try producer.publish(loan(&producer, 600))
    #expect(throws: Refused(result: .timedOut)) { _ = try loan(&producer, 600) }
    _ = try take(&customer)
    try producer.publish(loan(&producer, 600))
    let published = producer.publishedCount
    #expect(published == 2)
  }
}
