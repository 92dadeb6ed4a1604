// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization
internal import SharedMemory
internal import Transport

/// How much of what is random or large a run does.
public struct Effort: Hashable, Sendable {
  /// Random rounds of a randomised check, per example.
  public var rounds: Int
  /// Items of a check that streams.
  public var items: Int
  /// Whether payloads above 2 GiB are tried.
  public var isHuge: Bool

  public init(rounds: Int = 6, items: Int = 300, isHuge: Bool = false) {
    self.rounds = rounds
    self.items = items
    self.isHuge = isHuge
  }
}

/// Where one example of a check is played: what it makes its ends with, and how it complains.
final class Stage: Sendable {
  let example: Example
  let seed: UInt64
  let effort: Effort
  let workshop: any Workshop
  let peers: PeerPool

  init(
    _ example: Example, seed: UInt64, effort: Effort, workshop: any Workshop, peers: PeerPool
  ) {
    self.example = example
    self.seed = seed
    self.effort = effort
    self.workshop = workshop
    self.peers = peers
  }

  /// Long enough for any machine; what needs it fails.
  static let patience = Timeout.after(nanoseconds: 30_000_000_000)

  var inProcess: Bool { example.context == .sameProcess }

  func violation(_ expected: String, _ found: String) -> Violation {
    Violation(expected: expected, found: found, seed: seed)
  }

  func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: @autoclosure () -> String
  ) throws(Violation) {
    guard found != expected else { return }
    throw violation("\(what()) to be \(expected)", "\(found)")
  }

  func expect(
    _ isTrue: Bool, _ expected: @autoclosure () -> String, found: @autoclosure () -> String
  ) throws(Violation) {
    if !isTrue { throw violation(expected(), found()) }
  }

  /// Does what must not fail.
  func doing<R>(
    _ what: @autoclosure () -> String, _ body: () throws(TransportError) -> R
  ) throws(Violation) -> R {
    do throws(TransportError) {
      return try body()
    } catch {
      throw violation("to \(what())", "\(error.code): \(error)")
    }
  }

  /// The error that must come.
  func failing(
    _ what: @autoclosure () -> String, _ body: () throws(TransportError) -> Void
  ) throws(Violation) -> TransportError {
    do throws(TransportError) {
      try body()
    } catch {
      return error
    }
    throw violation("an error from \(what())", "none")
  }

  /// A producer with room for `capacity` items of any of the usual sizes.
  func sender(
    capacity: Int = 8, backpressure: Backpressure? = nil, startingAt start: UInt64 = 0,
    itemByteCount: Int = 3000, arenaByteCount: Int? = nil, byteBudget: Int? = nil
  ) throws(Violation) -> Sender {
    let configuration = ProducerConfiguration(
      capacity: capacity,
      // One more than the ring holds, for what is lost where the arena's end is reached.
      arenaByteCount: arenaByteCount
        ?? ProducerConfiguration.arenaByteCount(
          depth: capacity + 1, itemByteCount: itemByteCount + Self.encodingByteCount),
      customerLimit: 16, backpressure: backpressure ?? example.backpressure,
      byteBudget: byteBudget)
    let end = try doing("make a producer of capacity \(capacity)") { () throws(TransportError) in
      try workshop.makeProducer(configuration, startingAt: start)
    }
    return Sender(self, end, configuration)
  }

  /// More than any serializer adds to a usual item.
  private static let encodingByteCount = 2048
}
