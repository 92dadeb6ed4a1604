// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// When each message of an open load is meant to start: the same for every process with the same seed, so
/// that the receiver knows the intended start of what it gets.
public struct ArrivalSchedule: Sendable {
  private let source: Source
  private var random: Xoshiro256
  private var time: Double
  /// Number of the message that ``next()`` is about.
  public private(set) var sequence: UInt64 = 0

  /// Where the starts come from; times are in ticks.
  private enum Source: Sendable {
    case regular(interval: Double, Load.Arrivals)
    case trace(TraceTable, perNanosecond: Double, lead: Double)
  }

  /// Workers that were just woken should not be late for the first message.
  static let leadNanoseconds = 2_000_000.0

  /// - Parameter nanosecondsPerTick: of the clock that measures.
  public init(rate: Rate, arrivals: Load.Arrivals, seed: Int, nanosecondsPerTick: Double) {
    source = .regular(interval: 1e9 / Double(rate.perSecond) / nanosecondsPerTick, arrivals)
    random = Xoshiro256(seed: UInt64(bitPattern: Int64(seed)))
    time = Self.leadNanoseconds / nanosecondsPerTick
  }

  /// The starts of a trace, which is repeated from its beginning.
  init(trace: TraceTable, nanosecondsPerTick: Double) {
    time = Self.leadNanoseconds / nanosecondsPerTick
    source = .trace(trace, perNanosecond: 1 / nanosecondsPerTick, lead: time)
    random = Xoshiro256(seed: 0)
  }

  /// The schedule of a worker's cell; nil for a closed load, which has none.
  public init?(_ session: WorkerSession) {
    let nanosecondsPerTick = session.clock.nanosecondsPerTick
    if let trace = session.trace {
      self.init(trace: trace, nanosecondsPerTick: nanosecondsPerTick)
      return
    }
    guard case .open(let rate, let arrivals) = session.cell.load else { return nil }
    self.init(
      rate: rate, arrivals: arrivals, seed: session.assignment.seed,
      nanosecondsPerTick: nanosecondsPerTick)
  }

  /// Ticks from the origin to the intended start of the next message.
  ///
  /// Kept in floating point: a rounded interval would drift from the rate.
  public mutating func next() -> UInt64 {
    let start = time
    sequence &+= 1
    switch source {
    case .regular(let interval, .fixed): time += interval
    case .regular(let interval, .poisson):
      // Inverse transform; 1 - u is never 0.
      let uniform = Double(random.next() >> 11) * 0x1p-53
      time += -log(1 - uniform) * interval
    case .trace(let table, let perNanosecond, let lead):
      time = lead + Double(table.start(of: sequence)) * perNanosecond
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
