// SPDX-License-Identifier: Apache-2.0
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// One bad item is one error, and poisons nothing.
@Suite(.timeLimit(.minutes(10))) struct SerializerFailureTests {
  init() { #expect(TroubledSerializer.isRegistered) }

  /// Which of the items arrive, and the errors of the others.
  private func take(
    _ customer: inout Customer<Frame>, _ numbers: Range<Int>, count: Int
  ) throws -> (arrived: [Int], errors: [SerializationError]) {
    var (arrived, errors): ([Int], [SerializationError]) = ([], [])
    for number in numbers {
      do {
        guard case .item(let frame) = try customer.get(timeout: patience) else { throw Stalled() }
        if Payload.matches(frame, number, count: count) { arrived.append(number) }
      } catch let error as TransportError {
        guard case .serialization(let cause) = error.code else { throw error }
        errors.append(cause)
        #expect(!error.description.contains("\n"))
      }
      customer.next()
    }
    return (arrived, errors)
  }

  /// Encoded in the producer's process when asked for: the customer learns why, and goes on.
  @Test(arguments: ["test-encode-sized", "test-encode-unsized"], [8, 49, 100_000])
  func aQueueCarriesTheRemoteCause(serializer: String, count: Int) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try Customer(producer.source(.queue, serializer: serializer))
      var other = try Customer(producer.source(.queue))
      for number in 0..<6 {
        #expect(try producer.put(TroubledSerializer.frame(number, count: count)) == .published)
      }
      let (arrived, errors) = try take(&customer, 0..<6, count: count)
      #expect(arrived == [0, 1, 3, 4, 5])
      #expect(errors.map(\.code) == [.unsupportedValue])
      #expect(errors.first?.remoteCause?.contains("item 2 is refused") == true)
      #expect(try take(&other, 0..<6, count: count).arrived == Array(0..<6))
    }
  }

  /// Encoded at the put: the producer learns why, nothing is published and nothing lost.
  @Test(arguments: ["test-encode-sized", "test-encode-unsized"], [8, 49, 4096])
  func sharedMemoryTellsTheProducer(serializer: String, count: Int) throws {
    try withWatchdog {
      // Room for one item: what a failed one took must be given back.
      var producer = try Producer.make(capacity: 1, itemByteCount: count)
      var customer = try Customer(producer.source(.shm, serializer: serializer))
      for number in [0, 2, 1, 2, 2, 3] {
        let code = thrownCode {
          let frame = try TroubledSerializer.frame(number, count: count)
          guard try producer.put(frame, timeout: patience) == .published else { throw Stalled() }
        }
        if number == 2 {
          #expect(code == .serialization(TroubledSerializer.refusal))
          #expect(producer.isFull == false)
          let found = Found(try customer.getNowait())
          #expect(found == .timedOut)
        } else {
          #expect(code == nil)
          #expect(try take(&customer, number..<number + 1, count: count).arrived == [number])
        }
      }
      #expect(producer.publishedCount == 3)
    }
  }

  @Test(arguments: [StoreKind.queue, .shm], [8, 100])
  func aFailedDecodingIsSteppedOver(store: StoreKind, count: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(itemByteCount: count)
      var customer = try Customer(producer.source(store, serializer: "test-decode"))
      for number in 0..<5 { _ = try producer.put(Payload.frame(number, count: count)) }
      let (arrived, errors) = try take(&customer, 0..<5, count: count)
      #expect(arrived == [0, 1, 3, 4])
      #expect(errors == [TroubledSerializer.refusal])
    }
  }

  /// An item that was encoded but found no room must not be sent in place of the next one.
  @Test(arguments: [8, 100])
  func anItemThatWasRefusedIsForgotten(count: Int) throws {
    try withWatchdog {
      var producer = try Producer.make(capacity: 1, itemByteCount: count)
      var customer = try Customer(producer.source(.shm, serializer: "test-odd-unsized"))
      var expected = 0
      for number in [0, 1, 2, 3, 5, 4, 7, 9, 6] {
        let frame = try TroubledSerializer.frame(number, count: count)
        if number % 2 == 1 {
          #expect(try producer.put(frame, timeout: .now) == .timedOut)
          continue
        }
        if expected > 0 { customer.next() }
        expected += 1
        #expect(try producer.put(frame, timeout: .now) == .published)
        let got = try customer.get(timeout: patience).value
        #expect(got.map { Payload.matches($0, number, count: count) } == true)
      }
      customer.next()
      #expect(try producer.put(TroubledSerializer.frame(11, count: count)) == .published)
      let got = try customer.get(timeout: patience).value
      #expect(got.map { Payload.matches($0, 11, count: count) } == true)
    }
  }
}
