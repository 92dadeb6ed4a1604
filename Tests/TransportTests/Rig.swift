// SPDX-License-Identifier: Apache-2.0
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

let everyStore = StoreKind.allCases
let everyWait = [WaitStrategy.spin, .standard, .park]
/// Long enough for any machine; a test that needs it fails.
let patience = Timeout.after(nanoseconds: 30_000_000_000)

struct Stalled: Error {}

extension Producer where Item == Frame {
  /// A producer whose arena holds its capacity of items of the size given.
  static func make(
    capacity: Int = 8, itemByteCount: Int = 8, backpressure: Backpressure = .block,
    wait: WaitStrategy = .standard, customerLimit: Int = 8, startingAt start: UInt64 = 0
  ) throws -> Producer<Frame> {
    try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity,
        arenaByteCount: ProducerConfiguration.arenaByteCount(
          depth: capacity, itemByteCount: itemByteCount),
        customerLimit: customerLimit, backpressure: backpressure, wait: wait),
      startingAt: start)
  }

  mutating func source(
    _ store: StoreKind, serializer: String = "raw", strategy: Strategy = .all,
    wait: WaitStrategy = .standard
  ) throws -> SourceTicket<Frame> {
    try makeSource(
      SourceConfiguration(store: store, serializer: serializer, strategy: strategy, wait: wait))
  }

  mutating func customer(
    _ store: StoreKind, strategy: Strategy = .all, wait: WaitStrategy = .standard
  ) throws -> Customer<Frame> {
    try Customer(source(store, strategy: strategy, wait: wait))
  }

  mutating func put(numbers: Range<Int>) throws {
    for number in numbers {
      guard try put(Payload.number(number), timeout: patience) == .published else {
        throw Stalled()
      }
    }
  }

  @discardableResult
  mutating func tryPut(_ number: Int) throws -> PutResult {
    try put(Payload.number(number), timeout: .now)
  }
}

extension Customer where Item == Frame {
  /// The number of the item at the cursor; nil at the end of the stream.
  mutating func number(timeout: Timeout = patience) throws -> Int? {
    switch try get(timeout: timeout) {
    case .item(let frame), .byDefault(let frame): return Payload.number(of: frame)
    case .ended: return nil
    case .timedOut: throw Stalled()
    }
  }

  /// Takes as many items as asked for, or up to the end.
  mutating func take(_ limit: Int = .max) throws -> [Int] {
    var numbers: [Int] = []
    while numbers.count < limit, let number = try number() {
      numbers.append(number)
      next()
    }
    return numbers
  }
}

extension Customer where Item == Frame {
  /// Takes what a producer left that dies without an end, and checks that it is told so.
  mutating func itemsUntilDeath(byteCount: Int) throws -> Int {
    var items = 0
    do throws(TransportError) {
      while case .item(let frame) = try get(timeout: .never) {
        #expect(Payload.matches(frame, items, count: byteCount))
        items += 1
        next()
      }
      Issue.record("the stream ended")
    } catch {
      #expect(error.code == .producerGone)
    }
    return items
  }
}

/// Reads to the end on a thread of its own.
func reader(_ ticket: SourceTicket<Frame>) throws -> Worker<[Int]> {
  try Worker {
    var customer = try Customer(ticket)
    return try customer.take()
  }
}

/// What a get found, without the value.
enum Found: Equatable {
  case item, byDefault, timedOut, ended

  init<Value>(_ delivery: Delivery<Value>) {
    switch delivery {
    case .item: self = .item
    case .byDefault: self = .byDefault
    case .timedOut: self = .timedOut
    case .ended: self = .ended
    }
  }
}

/// The code of the transport error that the body throws.
func thrownCode(_ body: () throws -> Void) -> TransportError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? TransportError)?.code
  }
}
