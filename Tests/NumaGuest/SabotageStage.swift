// SPDX-License-Identifier: Apache-2.0

import Harness
import Topology

/// Changes a placement under a run: what weir reports must then be that it is invalid, with exit code 9.
struct SabotageStage {
  let guest: Guest

  /// Long enough to meddle with a launch, on a machine that takes a second to look around.
  static func job(producer: String, customer: String, segment: String, launches: Int = 1) -> String
  {
    """
    schema: 1
    defaults: { warmup: 5ms, measure: 3s, slice: 100ms, launches: \(launches), verify: full, seed: 1 }
    axes:
      store: [shm]
      serializer: [large]
      size: [4KiB]
      wait: [park]
    workload: { depth: 64, backpressure: block, load: closed }
    placement: { producer: "\(producer)", customer: "\(customer)", segment: "\(segment)" }

    """
  }

  private var job: String { Self.job(producer: "numa:0", customer: "pu:2", segment: "node:1") }

  func run(_ ledger: inout Ledger) throws {
    let control = try guest.weir.startRun(job: job)
    let worker = try Worker.find("producer", of: control)
    let table = worker.ringInNumaMaps ?? "no ring"
    ledger.check(
      table.contains("bind:1") && table.contains(" N1=") && !table.contains(" N0="),
      "numa_maps, from outside: the ring is bound to node 1 and lies there", table)
    try expect(control.end(), WeirCommand.cleanStatus, .ok, "left alone, it is verified", &ledger)

    try sabotage("producer", "a page that move_pages takes to node 0", &ledger) {
      $0.moveRingPage(1, to: 0)
    }
    try sabotage("customer", "a customer whose affinity becomes CPU 0", &ledger) {
      $0.setAffinity([0])
    }
    try sabotage("producer", "a producer whose affinity becomes CPU 0 of its node alone", &ledger) {
      $0.setAffinity([0])
    }
  }

  private func sabotage(
    _ role: String, _ what: String, _ ledger: inout Ledger, _ meddle: (Worker) -> Bool
  ) throws {
    let run = try guest.weir.startRun(job: job)
    let worker = try Worker.find(role, of: run)
    ledger.check(meddle(worker), "the saboteur succeeds: \(what)")
    try expect(run.end(), 9, .invalid, "caught: \(what)", &ledger)
  }

  private func expect(
    _ ended: WeirCommand.Ended, _ status: Int32, _ cell: CellStatus, _ claim: String,
    _ ledger: inout Ledger
  ) throws {
    let run = try ended.run()
    let seen = run.cells.first
    let reason = seen?.summary.reason
    let isRight =
      ended.status == status && seen?.status == cell
      && (cell == .ok
        ? seen?.summary.placement?.verified == true
        : reason?.hasPrefix("placement: ") == true && seen?.summary.placement?.verified == false)
    ledger.check(
      isRight, "\(claim): exit \(status), \(cell.rawValue)\(reason.map { ", \($0)" } ?? "")",
      "\(ended.summary), \(seen?.status.rawValue ?? "no cell"), \(reason ?? "no reason")")
  }
}
