// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// How a put came out, full and ended rings included.
enum PutOutcome: Equatable {
  case published, dropped, timedOut, noCustomers, full, ended
}

/// A producer on a stage: puts specimens, and complains where one must go.
final class Sender {
  let stage: Stage
  let end: any ProducerEnd
  let configuration: ProducerConfiguration

  init(_ stage: Stage, _ end: any ProducerEnd, _ configuration: ProducerConfiguration) {
    self.stage = stage
    self.end = end
    self.configuration = configuration
  }

  var whenFull: WhenFull { WhenFull(configuration.backpressure) }

  /// Puts without insisting.
  func attempt(
    _ number: Int, timeout: Timeout = .now, byteCount: Int? = nil
  ) throws(Violation) -> PutOutcome {
    try outcome("put item \(number)") { () throws(TransportError) in
      try end.put(Specimen.frame(number, byteCount: byteCount), timeout: timeout)
    }
  }

  func attemptNowait(_ number: Int) throws(Violation) -> PutOutcome {
    try outcome("put item \(number) without waiting") { () throws(TransportError) in
      try end.putNowait(Specimen.frame(number))
    }
  }

  private func outcome(
    _ what: String, _ body: () throws(TransportError) -> PutResult
  ) throws(Violation) -> PutOutcome {
    do throws(TransportError) {
      switch try body() {
      case .published: return .published
      case .dropped: return .dropped
      case .timedOut: return .timedOut
      case .noCustomers: return .noCustomers
      }
    } catch {
      switch error.code {
      case .full: return .full
      case .ended: return .ended
      default: throw stage.violation("to \(what)", "\(error.code): \(error)")
      }
    }
  }

  /// Puts into a ring that has room.
  func publish(_ numbers: Range<Int>) throws(Violation) {
    for number in numbers {
      let outcome = try attempt(number, timeout: Stage.patience)
      try stage.expect(outcome, .published, "the put of item \(number)")
    }
  }

  /// Puts every item, again and again where the ring is full.
  /// - Returns: how many puts were dropped on the way.
  @discardableResult
  func stream(_ numbers: Range<Int>) throws(Violation) -> Int {
    var dropped = 0
    let deadline = MonotonicTime.nanoseconds() + 30_000_000_000
    for number in numbers {
      var outcome = try attempt(number, timeout: Stage.patience)
      while outcome == .dropped || outcome == .full {
        if outcome == .dropped { dropped += 1 }
        guard MonotonicTime.nanoseconds() < deadline else {
          throw stage.violation("room for item \(number) within 30 s", "none")
        }
        Delay.sleep(2_000)
        outcome = try attempt(number, timeout: Stage.patience)
      }
      try stage.expect(outcome, .published, "the put of item \(number)")
    }
    return dropped
  }

  func place(
    strategy: Strategy = .all, wait: WaitStrategy = .standard, serializer: String? = nil
  ) throws(Violation) -> any CustomerPlace {
    let example = stage.example
    let source = SourceConfiguration(
      store: example.store, serializer: serializer ?? example.serializer, strategy: strategy,
      wait: wait)
    return try stage.doing("make a source") { () throws(TransportError) in
      try end.makePlace(source)
    }
  }

  /// A customer in the example's context, led call by call.
  func customer(
    strategy: Strategy = .all, wait: WaitStrategy = .standard, serializer: String? = nil
  ) throws(Violation) -> Receiver {
    let place = try place(strategy: strategy, wait: wait, serializer: serializer)
    let end: any CustomerEnd = try stage.doing("attach") { () throws(TransportError) in
      stage.inProcess ? try place.attach() : try RemoteCustomer(place, stage.peers)
    }
    return Receiver(stage, end)
  }
}
