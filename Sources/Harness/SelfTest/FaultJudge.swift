// SPDX-License-Identifier: Apache-2.0

/// Whether faults that a store committed are counted, each under its name and none more or less.
public struct FaultJudge: Sendable {
  let test: SelfTestCase
  /// Faults that the store's script has; none for an honest one.
  let scripted: [MessageFault]
  static let check = "integrity"

  public init(_ test: SelfTestCase, scripted: [MessageFault]) {
    self.test = test
    self.scripted = scripted
  }

  public func row() -> SelfTestRow {
    let store = test.cell.cell.store
    if let refusal = test.refusal(Self.check, store) { return refusal }
    let truth = (test.completeTruths ?? []).map(\.faults).reduce(Integrity(), +)
    let found = test.summary.integrity
    let isHonest = scripted.isEmpty
    let status: CellStatus = isHonest ? .ok : .invalid
    let exit = isHonest ? 0 : 8
    var row = SelfTestRow(
      Self.check, store, expected: "\(Self.text(truth)); \(status.rawValue), exit \(exit)",
      found: "\(Self.text(found)); \(test.summary.status.rawValue), exit \(test.exit)",
      verdict: .missed, note: "\(Figures.grouped(found.sent)) sent", cells: [test.cell.cell.id])
    if found.received == 0 { row.cause = test.starvation }
    if let idle = scripted.first(where: { $0.count(in: truth) == 0 }) {
      row.note = "the store's script was not reached (\(idle.rawValue))"
      row.cause = test.starvation
      return row
    }
    let wrong = MessageFault.allCases.filter { $0.count(in: truth) != $0.count(in: found) }
    if !wrong.isEmpty {
      row.note = wrong.map {
        "\($0.count(in: found)) \($0.rawValue) instead of \($0.count(in: truth))"
      }.joined(separator: ", ")
    } else if found.isConserved, test.summary.status == status, test.exit == exit {
      row.verdict = .held
    }
    return row
  }

  /// `7 lost`, or how many of how many kinds.
  private static func text(_ integrity: Integrity) -> String {
    let kinds = MessageFault.allCases.filter { $0.count(in: integrity) != 0 }
    guard let kind = kinds.first else { return "no fault" }
    if kinds.count == 1 { return "\(kind.count(in: integrity)) \(kind.rawValue)" }
    return "\(integrity.violations) of \(kinds.count) kinds"
  }
}
