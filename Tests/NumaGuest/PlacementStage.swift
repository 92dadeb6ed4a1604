// SPDX-License-Identifier: Apache-2.0

import Harness
import Topology

/// Runs the job and looks at each cell: every end within its seat, every page on its node.
struct PlacementStage {
  let guest: Guest

  func run(_ ledger: inout Ledger) throws {
    let job = PlacementJob(kernel: guest.kernel).yaml
    let run = try self.run(job, [], &ledger)
    ledger.check(
      run.cells.count == run.header.cellsPlanned,
      "all \(run.header.cellsPlanned) planned cells are in the run", "\(run.cells.count)")
    let late = Self.late(run)
    let checker = CellChecker(kernel: guest.kernel)
    check(run.cells.filter { !late.contains($0.cell.id) }, checker, &ledger)
    guard !late.isEmpty else { return }
    // The host has been busy elsewhere: what nothing reached in time gets more of it.
    let only = late.flatMap { ["--only", $0] }
    let repeated = try self.run(job, ["--measure", "2s"] + only, &ledger)
    check(repeated.cells, checker, &ledger)
  }

  private func run(
    _ job: String, _ arguments: [String], _ ledger: inout Ledger
  ) throws -> Run {
    let ended = try guest.weir.run(job: job, arguments)
    let run = try ended.run()
    let expected = Self.late(run).isEmpty ? WeirCommand.cleanStatus : 9
    ledger.check(
      ended.status == expected, "weir run of \(run.cells.count) cells exits with \(expected)",
      ended.summary)
    return run
  }

  /// Cells whose whole measured phase passed before the first message.
  private static func late(_ run: Run) -> [String] {
    run.cells.filter { $0.summary.reason == "no message was received" }.map(\.cell.id)
  }

  private func check(_ cells: [RunCell], _ checker: CellChecker, _ ledger: inout Ledger) {
    for cell in cells {
      let complaints = checker.complaints(of: cell)
      ledger.check(
        complaints.isEmpty, "\(cell.cell.store) \(cell.cell.placement): \(checker.describe(cell))",
        complaints.joined(separator: "; "))
    }
  }
}
