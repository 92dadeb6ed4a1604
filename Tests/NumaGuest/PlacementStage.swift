// SPDX-License-Identifier: Apache-2.0

import Harness
import Topology

/// Runs the job and looks at each cell: every end within its seat, every page on its node.
struct PlacementStage {
  let guest: Guest

  func run(_ ledger: inout Ledger) throws {
    let ended = try guest.weir.run(job: PlacementJob(kernel: guest.kernel).yaml)
    ledger.check(
      ended.status == WeirCommand.cleanStatus, "weir run exits with \(WeirCommand.cleanStatus)",
      ended.summary)
    let run = try ended.run()
    ledger.check(
      run.cells.count == run.header.cellsPlanned,
      "all \(run.header.cellsPlanned) planned cells are in the run", "\(run.cells.count)")
    let checker = CellChecker(kernel: guest.kernel)
    for cell in run.cells {
      let complaints = checker.complaints(of: cell)
      ledger.check(
        complaints.isEmpty, "\(cell.cell.store) \(cell.cell.placement): \(checker.describe(cell))",
        complaints.joined(separator: "; "))
    }
  }
}
