// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// What a get delivered, as far as checks compare it.
enum Got: Equatable {
  case item(Int)
  case byDefault(Int)
  /// An item whose bytes are not those of any specimen.
  case damaged
  case timedOut, ended
  case failed(CodeName, String)
}

/// A customer on a stage: gets specimens, and complains where another one is due.
final class Receiver {
  let stage: Stage
  private(set) var end: (any CustomerEnd)?

  init(_ stage: Stage, _ end: any CustomerEnd) {
    self.stage = stage
    self.end = end
  }

  func attached() throws(Violation) -> any CustomerEnd {
    guard let end else { throw stage.violation("an attached customer", "a detached one") }
    return end
  }

  func detach() { end = nil }

  func get(timeout: Timeout = Stage.patience) throws(Violation) -> Got {
    let end = try attached()
    do throws(TransportError) {
      switch try end.get(timeout: timeout) {
      case .item(let frame): return Specimen.number(of: frame).map { .item($0) } ?? .damaged
      case .byDefault(let frame):
        return Specimen.number(of: frame).map { .byDefault($0) } ?? .damaged
      case .timedOut: return .timedOut
      case .ended: return .ended
      }
    } catch {
      return .failed(CodeName(error.code), error.description)
    }
  }

  func next() { end?.next() }

  func expect(
    _ due: Got, timeout: Timeout = Stage.patience, _ what: @autoclosure () -> String = "the get"
  ) throws(Violation) {
    try stage.expect(try get(timeout: timeout), due, what())
  }

  /// Takes these items, in this order.
  func take(_ numbers: some Sequence<Int>) throws(Violation) {
    for number in numbers {
      try expect(.item(number), "the item after \(number - 1)")
      next()
    }
  }

  /// The stream is over, and stays over.
  func expectEnd() throws(Violation) {
    try expect(.ended, "the end of the stream")
    try expect(.ended, "the end of the stream, asked again")
    try expect(.ended, timeout: .now, "the end of the stream, asked without waiting")
  }

  var count: Int {
    get throws(Violation) { try attached().count }
  }
  var skippedCount: Int {
    get throws(Violation) { try attached().skippedCount }
  }
  var droppedCount: Int {
    get throws(Violation) { try attached().droppedCount }
  }
}
