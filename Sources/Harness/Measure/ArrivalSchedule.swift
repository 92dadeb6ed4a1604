// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// When each message of an open load is meant to start: the same for every process with the same seed, so
/// that the receiver knows the intended start of what it gets.
public struct ArrivalSchedule: Sendable {
  private let interval: Double
  private let arrivals: Load.Arrivals
  private var random: Xoshiro256
  private var time: Double
  /// Number of the message that ``next()`` is about.
  public private(set) var sequence: UInt64 = 0

  /// Workers that were just woken should not be late for the first message.
  static let leadNanoseconds = 2_000_000.0

  /// - Parameter nanosecondsPerTick: of the clock that measures.
  public init(rate: Rate, arrivals: Load.Arrivals, seed: Int, nanosecondsPerTick: Double) {
    interval = 1e9 / Double(rate.perSecond) / nanosecondsPerTick
    self.arrivals = arrivals
    random = Xoshiro256(seed: UInt64(bitPattern: Int64(seed)))
    time = Self.leadNanoseconds / nanosecondsPerTick
  }

  /// The schedule of a worker's cell; nil for a closed load, which has none.
  public init?(_ session: WorkerSession) {
    guard case .open(let rate, let arrivals) = session.cell.load else { return nil }
    self.init(
      rate: rate, arrivals: arrivals, seed: session.assignment.seed,
      nanosecondsPerTick: session.clock.nanosecondsPerTick)
  }

  /// Ticks from the origin to the intended start of the next message.
  ///
  /// Kept in floating point: a rounded interval would drift from the rate.
  public mutating func next() -> UInt64 {
    let start = time
    sequence &+= 1
    switch arrivals {
    case .fixed: time += interval
    case .poisson:
      // Inverse transform; 1 - u is never 0.
      let uniform = Double(random.next() >> 11) * 0x1p-53
      time += -log(1 - uniform) * interval
    }
    return UInt64(start)
  }

  /// More messages were never dropped at once: a number beyond is a damaged one.
  private static let widestGap: UInt64 = 1 << 24

  /// The intended start of message `number`, those before it being passed over: they were dropped.
  /// - Returns: nil for a message that is not to come, or not any more.
  public mutating func start(of number: UInt64) -> UInt64? {
    guard number >= sequence, number - sequence < Self.widestGap else { return nil }
    while sequence < number { _ = next() }
    return next()
  }
}
