// SPDX-License-Identifier: Apache-2.0

/// How an end waits for the other: what a wait costs in latency against what it costs in CPU.
public enum WaitStrategy: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Polls until the other end acts, yielding the core now and then. Burns a core.
  case spin
  /// Polls `spins` times, each with a pause, then sleeps in the kernel.
  case spinThenPark(spins: UInt32)
  /// Sleeps in the kernel at once.
  case park

  /// Polls for as long as this machine takes to wake a sleeper (see ``WaitCosts``), then sleeps; sleeps
  /// at once where there is one CPU, on which polling only keeps the other end from running.
  public static let standard = WaitStrategy.spinThenPark(
    spins: WaitCosts.measured?.balancedSpins ?? 0)

  /// Whether an end that waits this way may ever sleep, so that its peer must look for sleepers.
  @inlinable public var mayPark: Bool { self != .spin }

  /// `spin`, `spin-park` or `park`.
  public var description: String {
    switch self {
    case .spin: "spin"
    case .spinThenPark: "spin-park"
    case .park: "park"
    }
  }

  /// - Parameter name: `spin`, `spin-park` (with the standard budget) or `park`.
  public init?(named name: String) {
    switch name {
    case "spin": self = .spin
    case "spin-park": self = .standard
    case "park": self = .park
    default: return nil
    }
  }
}

/// How long an operation may take.
public enum Timeout: Hashable, Sendable {
  /// Does not wait.
  case now
  case after(nanoseconds: Int64)
  case never

  /// A duration; zero or less means now.
  public static func after(_ duration: Duration) -> Timeout {
    let parts = duration.components
    let nanoseconds = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if nanoseconds.overflow { return duration > .zero ? .never : .now }
    let total = nanoseconds.partialValue.addingReportingOverflow(parts.attoseconds / 1_000_000_000)
    if total.overflow { return duration > .zero ? .never : .now }
    return total.partialValue > 0 ? .after(nanoseconds: total.partialValue) : .now
  }

  /// The ``MonotonicTime`` at which the time is over: `Int64.max` never, `Int64.min` for now.
  public var deadlineNanoseconds: Int64 {
    switch self {
    case .now: return isMutated(.nowWaits) ? .max : .min
    case .never: return .max
    case .after(let nanoseconds):
      let sum = MonotonicTime.nanoseconds().addingReportingOverflow(nanoseconds)
      if sum.overflow { return nanoseconds > 0 ? .max : .min }
      return sum.partialValue
    }
  }

  /// What is left until a ``deadlineNanoseconds``.
  public static func until(deadlineNanoseconds deadline: Int64) -> Timeout {
    if deadline == .max { return .never }
    if deadline == .min { return .now }
    let left = deadline.subtractingReportingOverflow(MonotonicTime.nanoseconds())
    return left.overflow || left.partialValue <= 0 ? .now : .after(nanoseconds: left.partialValue)
  }
}
