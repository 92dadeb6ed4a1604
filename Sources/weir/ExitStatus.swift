// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// What an exit code of `weir` says; scripts may rely on it.
enum ExitStatus: Int32, CaseIterable {
  case ok = 0
  case internalError = 1
  case regression = 2
  case workerFailed = 3
  case improvement = 4
  case baselineMissing = 5
  case capabilityMissing = 6
  case inconclusive = 7
  case integrityViolation = 8
  case measurementInvalid = 9
  case conformanceFailed = 10
  case usage = 64
  case interrupted = 130

  var summary: String {
    switch self {
    case .ok: "ok"
    case .internalError: "internal error, or a file that cannot be read or written"
    case .regression: "confirmed regression"
    case .workerFailed: "a worker crashed, hung or timed out"
    case .improvement: "confirmed improvement (only with --strict)"
    case .baselineMissing: "baseline missing or incompatible"
    case .capabilityMissing: "this machine lacks something that is required"
    case .inconclusive: "inconclusive"
    case .integrityViolation: "messages were lost, duplicated, reordered or damaged"
    case .measurementInvalid: "measurement invalid"
    case .conformanceFailed: "conformance failed"
    case .usage: "wrong usage: an option, a job file, a placement"
    case .interrupted: "interrupted; partial results are kept"
    }
  }

  /// One line per code, for the manual.
  static var table: String {
    allCases.map { status in
      let code = "\(status.rawValue)"
      return "  " + String(repeating: " ", count: max(0, 3 - code.count))
        + "\(code)  \(status.summary)"
    }.joined(separator: "\n")
  }

  /// Ends the command with this code and without a message; for results that are no errors.
  var exitCode: ExitCode { ExitCode(rawValue) }
}
