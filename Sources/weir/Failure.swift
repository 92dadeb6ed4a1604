// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Scenarios
internal import Topology

/// The error of the command itself: a code of its own choice, and one line with the remedy.
struct CommandError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }

  /// For commands that measure.
  static var debugBuild: CommandError {
    CommandError(
      .measurementInvalid,
      "a debug build measures itself, not the transport; build with -c release, or say "
        + "--allow-debug")
  }
}

/// How an error leaves the program: one line on standard error, and the right exit code.
enum Failure {
  /// Ends the program. Help and version, which the parser throws too, go to standard output.
  static func exit(with error: any Error) -> Never {
    guard let status = status(of: error) else { Weir.exit(withError: error) }
    report(error)
    Foundation.exit(status.rawValue)
  }

  /// Prints `weir: …` in one line on standard error.
  /// - Returns: the code to exit with.
  @discardableResult
  static func report(_ error: any Error) -> ExitStatus {
    StandardError.write("weir: \(line(error))\n")
    return status(of: error) ?? .internalError
  }

  /// The code of an error; nil for what the argument parser knows better: its own errors, help,
  /// and codes without a message.
  static func status(of error: any Error) -> ExitStatus? {
    switch error {
    case let error as CommandError: error.status
    case let error as HarnessError: status(of: error.code)
    case let error as TopologyError: status(of: error.code)
    case let error as LaunchError: status(of: error.code)
    case let error as GateError: status(of: error.finding)
    case let error as BackendPluginError: error.code == .file ? .internalError : .usage
    default: isOfParser(error) ? nil : .internalError
    }
  }

  private static func status(of code: HarnessError.Code) -> ExitStatus {
    switch code {
    case .unit, .job: .usage
    case .file, .run: .internalError
    case .schema: .baselineMissing
    case .tool: .capabilityMissing
    }
  }

  private static func status(of code: TopologyError.Code) -> ExitStatus {
    switch code {
    case .malformed, .noSuchKind, .indexOutOfRange, .notAllowed, .noCPUs, .noSuchNode, .noMemory,
      .offline, .describedMachine, .loadFailed, .otherVersion:
      .usage
    case .unsupported, .forbidden, .noRoom: .capabilityMissing
    case .unaligned, .notApplied, .noSuchProcess, .system: .internalError
    }
  }

  private static func status(of code: LaunchError.Code) -> ExitStatus {
    switch code {
    case .spawnFailed, .workerDied, .workerHung, .workerFailed, .protocolViolation, .aborted:
      .workerFailed
    case .interrupted: .interrupted
    case .placement: .usage
    case .resources, .refused: .capabilityMissing
    }
  }

  /// The codes of findings are those of the program.
  private static func status(of finding: GateFinding?) -> ExitStatus {
    guard let finding else { return .usage }
    return ExitStatus(rawValue: Int32(finding.rawValue)) ?? .internalError
  }

  /// The parser gives every error it does not know the code 1; its own have another, or none.
  private static func isOfParser(_ error: any Error) -> Bool {
    error is ExitCode || error is CleanExit || Weir.exitCode(for: error) != .failure
  }

  private static func line(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
