// SPDX-License-Identifier: Apache-2.0

/// Why a launch could not be carried out.
public struct LaunchError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    /// A worker could not be started.
    case spawnFailed
    /// A worker ended before its work was done.
    case workerDied
    /// A worker did not reach the next phase in time.
    case workerHung
    /// A worker reported that it could not do its part.
    case workerFailed
    /// Harness and worker disagree about the board: different builds, or damage.
    case protocolViolation
    /// The launch was given up: another worker failed, or somebody asked for it.
    case aborted
    /// Ctrl-C or a termination signal.
    case interrupted
    /// The machine cannot place the cell.
    case placement
    /// The machine has not the memory or descriptors that the cell needs.
    case resources
    /// The kernel refuses to put memory where the cell wants it.
    case refused
  }

  public let code: Code
  /// What happened and what to do about it, in one line.
  public let description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

extension LaunchError {
  static var interrupted: LaunchError {
    LaunchError(.interrupted, "interrupted; what was measured so far is kept")
  }
}
