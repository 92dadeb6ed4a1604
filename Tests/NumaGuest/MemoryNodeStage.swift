// SPDX-License-Identifier: Apache-2.0

import Harness

/// A node with memory and no CPU, such as a memory expander: nobody sits there, but data may live there.
struct MemoryNodeStage {
  let guest: Guest

  func run(_ ledger: inout Ledger) throws {
    let nodes = guest.kernel.nodes
    guard let node = nodes.firstIndex(where: { $0.cpus.isEmpty }) else {
      throw GuestError("every node has CPUs")
    }
    let seats = nodes.indices.filter { $0 != node }.map { "numa:\($0)" }
    let there = SabotageStage.job(
      producer: seats[0], customer: seats[1], segment: "node:\(node)")
    let seat = try guest.weir.run(job: there, ["--require", "numa:\(node)"])
    ledger.check(
      seat.refused(6, saying: ["has memory but no CPUs", seats.joined(separator: ", ")]),
      "nobody sits on numa:\(node): \(seat.errors)", seat.summary)
    let sitting = SabotageStage.job(
      producer: "numa:\(node)", customer: seats[1], segment: "producer")
    let skipped = try guest.weir.run(job: sitting)
    let cell = try skipped.run().cells.first
    ledger.check(
      cell?.status == .skipped && cell?.summary.reason?.contains("no CPUs") == true,
      "without --require it is skipped: \(cell?.summary.reason ?? "-")", skipped.summary)
    let checker = CellChecker(kernel: guest.kernel)
    let spread = SabotageStage.job(producer: seats[0], customer: seats[1], segment: "interleave")
    for job in [there, spread] {
      let run = try guest.weir.run(
        job: job, ["--measure", "1s", "--require", "segment=node:\(node)"])
      for cell in try run.run().cells {
        let complaints = checker.complaints(of: cell)
        ledger.check(
          complaints.isEmpty, "\(cell.cell.placement): \(checker.describe(cell))",
          complaints.joined(separator: "; "))
      }
    }
  }
}
