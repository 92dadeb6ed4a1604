// SPDX-License-Identifier: Apache-2.0

/// One cell of a self-test: what the harness made of it, and what its synthetic store knows.
public struct SelfTestCase: Sendable {
  public var cell: RunCell
  /// What a run of this cell alone, by a build that may measure, would exit with.
  public var exit: Int
  /// By launch; nil where a store left nothing.
  public var truths: [LaunchTruth?]
  /// Cost of one reading of the clock in the same run, in nanoseconds.
  public var clockReadCost: Double?
  /// Whether the build is optimised: the loops of another cost more than what they measure.
  public var isRelease: Bool

  public init(
    cell: RunCell, exit: Int, truths: [LaunchTruth?], clockReadCost: Double?, isRelease: Bool
  ) {
    self.cell = cell
    self.exit = exit
    self.truths = truths
    self.clockReadCost = clockReadCost
    self.isRelease = isRelease
  }

  var summary: CellSummary { cell.summary }

  /// What was left by every launch that worked; nil when one left nothing.
  var completeTruths: [LaunchTruth]? {
    let known = truths.compactMap { $0 }
    return known.count == cell.samples.count && !known.isEmpty ? known : nil
  }

  /// A row about a cell that could not be looked at, or nothing when it can.
  func refusal(_ check: String, _ subject: String) -> SelfTestRow? {
    func row(_ verdict: SelfTestRow.Verdict, _ why: String?) -> SelfTestRow {
      SelfTestRow(
        check, subject, expected: "a measured cell", found: summary.status.rawValue,
        verdict: verdict, note: why ?? "", cells: [cell.cell.id])
    }
    switch summary.status {
    case .skipped: return row(.unavailable, summary.reason)
    case .failed: return row(.missed, summary.reason)
    case .ok, .invalid:
      let reason = "the store left no record of a launch"
      return completeTruths == nil ? row(.missed, reason) : nil
    }
  }
}
