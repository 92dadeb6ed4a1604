// SPDX-License-Identifier: Apache-2.0

/// Why a gate could not begin, or had to end: what, on which side, and what to do about it.
public struct GateError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable, CaseIterable {
    /// A wrong option: a file that is no program, too few launches, too many cells, too little time.
    case usage
    /// The program answers, but not in this protocol.
    case incompatible
    /// No cell is left that both builds can measure.
    case nothingToCompare
    /// A debug build, and nobody said that one may be measured.
    case debugBuild
    /// CPUs or machine are not what they were.
    case machineChanged
    /// A launch, or the program that makes launches, crashed or hung.
    case crashed
    /// Messages were lost, duplicated, reordered or damaged.
    case integrity
    /// What a launch measured means nothing: placement, rate, no messages.
    case invalid
    case interrupted
  }

  public let code: Code
  /// One line.
  public let description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension GateError {
  /// What it makes of a gate; nil for a wrong option, which ends it before it has begun.
  public var finding: GateFinding? {
    switch code {
    case .usage: nil
    case .incompatible: .baseMissing
    case .nothingToCompare: .capabilityMissing
    case .debugBuild, .machineChanged, .invalid: .invalid
    case .crashed: .workerFailed
    case .integrity: .integrity
    case .interrupted: .interrupted
    }
  }
}

/// What a gate found, by the exit code it stands for.
public enum GateFinding: Int, Codable, Hashable, Sendable, CaseIterable {
  case regression = 2
  case workerFailed = 3
  case improvement = 4
  case baseMissing = 5
  case capabilityMissing = 6
  case inconclusive = 7
  case integrity = 8
  case invalid = 9
  case interrupted = 130

  /// Gravest first: what comes later means little beside what comes earlier.
  static let precedence: [GateFinding] = [
    .interrupted, .workerFailed, .integrity, .invalid, .capabilityMissing, .baseMissing,
    .regression, .inconclusive, .improvement,
  ]

  /// The gravest of several; nil for none.
  public static func gravest(_ findings: some Collection<GateFinding>) -> GateFinding? {
    precedence.first { findings.contains($0) }
  }
}

/// The parts that builds play in a gate.
public enum GateSide: String, Codable, Hashable, Sendable, CaseIterable {
  case base, head
  /// The base again, started from another path: what differs between the two is noise.
  case control
}
