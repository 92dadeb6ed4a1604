// SPDX-License-Identifier: Apache-2.0

/// One thing that a self-test looked at: what should have come out, what did, and whether it held.
public struct SelfTestRow: Hashable, Sendable {
  public enum Verdict: String, Codable, Sendable {
    case held
    /// The harness said something else than what is known to be true.
    case missed
    /// The machine did something meanwhile that would explain a miss, again and again.
    case disturbed
    /// This machine or this build has not what it takes to look.
    case unavailable = "n/a"
  }

  /// The property, such as `service times`.
  public var check: String
  /// What it was looked for in, such as `pareto p99`.
  public var subject: String
  public var expected: String
  public var found: String
  public var verdict: Verdict
  /// Why it missed or was not judged, else what is worth knowing; may be empty.
  public var note: String
  /// Why the machine may be to blame; nil when nothing speaks for that.
  public var cause: String?
  /// Ids of the cells to measure again if it is.
  public var cells: [String]
  /// How often it was measured.
  public var attempts = 1

  public init(
    _ check: String, _ subject: String, expected: String, found: String, verdict: Verdict,
    note: String = "", cause: String? = nil, cells: [String] = []
  ) {
    self.check = check
    self.subject = subject
    self.expected = expected
    self.found = found
    self.verdict = verdict
    self.note = note
    self.cause = cause
    self.cells = cells
  }

  /// Whether it missed while the machine was busy with something else.
  public var isExcused: Bool { verdict == .missed && cause != nil }

  /// The row after the last attempt: a miss that the machine explains is not one of the harness.
  public var settled: SelfTestRow {
    guard isExcused, let cause else { return self }
    var row = self
    row.verdict = .disturbed
    row.note = [cause, note].filter { !$0.isEmpty }.joined(separator: "; ")
    return row
  }
}
