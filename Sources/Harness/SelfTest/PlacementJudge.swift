// SPDX-License-Identifier: Apache-2.0

/// Whether a worker or a page that is not where it should be makes the cell invalid.
public struct PlacementJudge: Sendable {
  let test: SelfTestCase
  let isSabotaged: Bool
  static let check = "placement"

  public init(_ test: SelfTestCase, isSabotaged: Bool) {
    self.test = test
    self.isSabotaged = isSabotaged
  }

  public func row() -> SelfTestRow {
    let store = test.cell.cell.store
    if test.summary.status == .skipped || test.summary.status == .failed,
      let refusal = test.refusal(Self.check, store)
    {
      return refusal
    }
    let status: CellStatus = isSabotaged ? .invalid : .ok
    let exit = isSabotaged ? 9 : 0
    // Every launch was sabotaged: one that was not noticed is one too many.
    let verified = test.cell.samples.map { $0.placement?.verified }
    let isNoticed =
      isSabotaged
      ? verified.allSatisfy { $0 == false }
        && test.summary.reason?.hasPrefix("placement: ") == true
      : verified.allSatisfy { $0 == true }
    let held = test.summary.status == status && test.exit == exit && isNoticed
    var row = SelfTestRow(
      Self.check, store, expected: "\(status.rawValue), exit \(exit)",
      found: "\(test.summary.status.rawValue), exit \(test.exit)",
      verdict: held ? .held : .missed, note: test.summary.reason ?? "", cells: [test.cell.cell.id])
    if isSabotaged, test.completeTruths?.allSatisfy(\.isSabotaged) != true {
      row.verdict = .missed
      row.note = "a worker did not come to what it was to do"
      row.cause = test.starvation
    } else if test.summary.integrity.received == 0 {
      row.cause = test.starvation
    }
    return row
  }
}
