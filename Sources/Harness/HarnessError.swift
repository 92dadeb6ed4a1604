// SPDX-License-Identifier: Apache-2.0

/// The one error of this module: where, what is wrong, and what to do about it, in one line.
public struct HarnessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The part of the harness that refused, so that a command can choose its exit code.
  public enum Code: String, Sendable {
    /// A size, duration or rate could not be read (usage).
    case unit
    /// A job file or an override is wrong (usage).
    case job
    /// A file could not be read or written.
    case file
    /// A stored run could not be read or written.
    case run
    /// A stored run of another schema, which this build cannot compare with anything.
    case schema
    /// A program that the command needs is missing or failed.
    case tool
  }

  public let code: Code
  /// `FILE:LINE`, an option as it was typed, or nil when the error has no place.
  public let location: String?
  public let problem: String
  public let remedy: String

  public init(_ code: Code, at location: String? = nil, _ problem: String, remedy: String) {
    self.code = code
    self.location = location
    self.problem = HarnessError.oneLine(problem)
    self.remedy = HarnessError.oneLine(remedy)
  }

  public var description: String {
    let place = location.map { "\($0): " } ?? ""
    return "\(place)\(problem); \(remedy)"
  }

  /// The same error with a place, for code that knows the place its callee did not.
  func at(_ location: String) -> HarnessError {
    HarnessError(code, at: location, problem, remedy: remedy)
  }

  /// The same error under another code: a bad size inside a job file is a job error.
  func asJobError(at location: String) -> HarnessError {
    HarnessError(.job, at: location, problem, remedy: remedy)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
