// SPDX-License-Identifier: Apache-2.0

/// A gate as the test report that CI systems read: a case per cell.
///
/// Slower is a failure, undecided is skipped with the reason, and a control that differs is an error in
/// every cell, because no verdict then holds.
public struct GateJUnit {
  private let result: GateResult

  public init(_ result: GateResult) { self.result = result }

  public var text: String {
    let cases = result.cells.map { (cell: $0, outcome: outcome($0)) }
    func count(_ kind: String) -> Int { cases.count { $0.outcome?.kind == kind } }
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\" "
      + "skipped=\"\(count("skipped"))\""
    let name = Markup.quoted("weir gate \(result.name)")
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites name=\(name) \(counts)>",
      "  <testsuite name=\(name) \(counts)>",
    ]
    for entry in cases { lines += Self.lines(entry.cell, entry.outcome, in: name) }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Outcome {
    let kind: String
    let message: String
  }

  private func outcome(_ cell: GateCell) -> Outcome? {
    if let failure = result.failure { return Outcome(kind: "error", message: failure.description) }
    if result.cells.contains(where: { $0.state?.controlDiffers == true }) {
      return Outcome(kind: "error", message: "the base differs from itself in this job")
    }
    if let absence = cell.absence {
      if case .skipped = absence { return Outcome(kind: "skipped", message: absence.reason) }
      return Outcome(kind: "error", message: absence.reason)
    }
    let effect = GateReport.text(cell.state?.head)
    switch cell.state?.verdict ?? .inconclusive {
    case .slower: return Outcome(kind: "failure", message: "slower: \(effect)")
    case .inconclusive: return Outcome(kind: "skipped", message: "inconclusive: \(effect)")
    case .same, .faster: return nil
    }
  }

  private static func lines(_ cell: GateCell, _ outcome: Outcome?, in suite: String) -> [String] {
    let state = cell.state
    let figures =
      "difference \(GateReport.text(state?.head)), A/A \(GateReport.text(state?.control)), "
      + "\(state?.head.pairs ?? 0) pairs of \(cell.rounds.count) rounds, "
      + "verdict \((state?.verdict ?? .inconclusive).rawValue)"
    let message = outcome.map {
      "      <\($0.kind) message=\(Markup.quoted($0.message))/>"
    }
    return [
      "    <testcase classname=\(suite) name=\(Markup.quoted(cell.cell.id))>",
      message ?? "      <system-out>\(Markup.escaped(figures))</system-out>",
      "    </testcase>",
    ]
  }
}
