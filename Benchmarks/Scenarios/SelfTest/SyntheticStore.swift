// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Stores that do what a script says, so that the truth about them is known. No job of a user can name
/// them: they are in the catalog of `weir selftest` alone.
enum SyntheticStore: String, CaseIterable, Sendable {
  /// One operation takes a time drawn from a distribution.
  case constant, bimodal, pareto, lognormal
  /// A put blocks now and then; the other never does.
  case stalling, steady
  /// Nothing happens to a message; or one thing does, here and there; or all of them do.
  case honest, losing, duplicating, swapping, flipping, tearing, faulty
  /// A worker stays on its CPU, leaves it, leaves it for a while, or moves a page of its memory.
  case staying, straying, returning, misplacing

  enum Kind { case timed, ring, placed }

  var kind: Kind {
    switch self {
    case .constant, .bimodal, .pareto, .lognormal: .timed
    case .stalling, .steady, .honest, .losing, .duplicating, .swapping, .flipping, .tearing,
      .faulty:
      .ring
    case .staying, .straying, .returning, .misplacing: .placed
    }
  }

  /// Half of what an operation takes: what a ping-pong records.
  ///
  /// Long beside a reading of the clock, short enough for a p99.9 in half a second.
  var distribution: ServiceDistribution? {
    switch self {
    case .constant: .constant(10_000)
    case .bimodal: .bimodal(fast: 8_000, slow: 80_000, slowShare: 0.03)
    case .pareto: .pareto(scale: 5_000, shape: 2)
    case .lognormal: .lognormal(median: 8_000, sigma: 0.6)
    default: nil
    }
  }

  var faults: [MessageFault] {
    switch self {
    case .losing: [.lost]
    case .duplicating: [.duplicated]
    case .swapping: [.reordered]
    case .flipping: [.corrupt]
    case .tearing: [.torn]
    case .faulty: MessageFault.allCases
    default: []
    }
  }

  var isSabotaged: Bool { [.straying, .returning, .misplacing].contains(self) }
}

/// What a worker of a synthetic store is told.
struct SyntheticScript: Codable {
  var store: String
  var distribution: ServiceDistribution?
  var stall: StallForm?
  var faults: [MessageFault] = []
  /// What a put takes when nothing else happens, in nanoseconds.
  var putNanoseconds = 0.0
  /// Operations for whose record there is room.
  var operationLimit: Int
}
