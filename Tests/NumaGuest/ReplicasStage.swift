// SPDX-License-Identifier: Apache-2.0

import Glibc
import Harness
import Topology

/// Fan-out with a replica on each node of the customers: relays and replicas are where they should be,
/// every message arrives or is counted, and what is meddled with is noticed.
struct ReplicasStage {
  let guest: Guest

  /// One job with several cells costs an emulated machine less than one for each.
  private static func job(
    customer: String, customers: Int, size: String = "1KiB", replicas: String = "per-node",
    backpressures: String = "block", measure: String = "200ms"
  ) -> String {
    """
    schema: 1
    defaults: { warmup: 5ms, measure: \(measure), slice: 20ms, launches: 1, verify: full, seed: 1 }
    axes:
      store: [shm]
      serializer: [large]
      size: [\(size)]
      wait: [park]
      replicas: [\(replicas)]
      backpressure: [\(backpressures)]
    workload: { customers: \(customers), depth: 16, load: closed }
    placement: { producer: "numa:0", customer: "\(customer)", segment: "producer" }

    """
  }

  func run(_ ledger: inout Ledger) throws {
    let nodes = guest.kernel.nodesWithCPUs
    guard nodes.count == 2 else {
      let everywhere = Self.job(customer: "any", customers: 4, replicas: "none, per-node")
      return try measure(everywhere, onNodes: nodes.dropFirst().map(\.number), &ledger)
    }
    let beyond = Self.job(
      customer: "numa:1", customers: 2, size: "16KiB",
      backpressures: "block, drop-newest, drop-oldest")
    try measure(beyond, onNodes: [nodes[1].number], &ledger)
    let near = try guest.weir.run(job: Self.job(customer: "numa:0", customers: 2))
    let skipped = try near.run().cells
    let reason = skipped.first?.summary.reason
    ledger.check(
      skipped.allSatisfy { $0.status == .skipped } && reason?.contains("no other node") == true,
      "customers on the segment's node need no replica: \(reason ?? "-")", near.summary)
    try sabotage(&ledger)
  }

  private func measure(_ job: String, onNodes nodes: [Int], _ ledger: inout Ledger) throws {
    // An emulated machine may be busy elsewhere for a whole phase; once more, it has more time.
    var ended = try guest.weir.run(job: job)
    // Not by the exit code: that of a debug build is the same either way.
    if try ended.run().cells.contains(where: { $0.summary.reason == "no message was received" }) {
      ended = try guest.weir.run(job: job, ["--measure", "2s"])
    }
    ledger.check(
      ended.status == WeirCommand.cleanStatus, "weir run exits with \(WeirCommand.cleanStatus)",
      ended.summary)
    for cell in try ended.run().cells {
      let complaints = complaints(of: cell, nodes)
      ledger.check(
        complaints.isEmpty, "\(cell.cell.id): \(describe(cell))",
        complaints.joined(separator: "; "))
    }
  }

  private func complaints(of cell: RunCell, _ nodes: [Int]) -> [String] {
    guard cell.status == .ok, let seen = cell.summary.placement else {
      return ["is \(cell.status.rawValue): \(cell.summary.reason ?? "no placement was observed")"]
    }
    var complaints: [String] = []
    if seen.verified != true {
      complaints.append("verified is \(String(describing: seen.verified))")
    }
    if cell.summary.integrity.received == 0 { complaints.append("nothing was received") }
    let home = guest.kernel.nodes[0].number
    if seen.segmentPagesByNode.map({ Set($0.keys) }) != ["\(home)"] {
      complaints.append("the segment lies on \(seen.segmentPagesByNode ?? [:])")
    }
    guard cell.cell.replicas == .perNode else {
      let isAbsent = seen.relayCPUs == nil && seen.replicaPagesByNode == nil
      return complaints + (isAbsent ? [] : ["has a relay without replicas"])
    }
    if seen.replicaPagesByNode.map({ Set($0.keys) }) != Set(nodes.map { "\($0)" }) {
      complaints.append("replicas lie on \(seen.replicaPagesByNode ?? [:]), not on node \(nodes)")
    }
    let relays = Set((seen.relayCPUs ?? []).compactMap { guest.kernel.node(of: [$0]) })
    if relays != Set(nodes) { complaints.append("relays ran on node \(relays), not \(nodes)") }
    return complaints
  }

  private func describe(_ cell: RunCell) -> String {
    guard let seen = cell.summary.placement else { return cell.status.rawValue }
    let pages = (seen.replicaPagesByNode ?? [:]).sorted { $0.key < $1.key }
      .map { "node \($0.key): \($0.value)" }
    return "relays on CPU \(CPUSet(seen.relayCPUs ?? [])), replica pages "
      + (pages.isEmpty ? "none" : pages.joined(separator: ", "))
  }

  /// A relay that is moved away makes the cell invalid, and one that is killed ends the run.
  private func sabotage(_ ledger: inout Ledger) throws {
    let job = Self.job(customer: "numa:1", customers: 2, measure: "3s")
    let moved = try guest.weir.startRun(job: job)
    ledger.check(
      try Worker.find("relay", of: moved).setAffinity([0]), "the saboteur moves a relay to CPU 0")
    let invalid = moved.end()
    let reason = try invalid.run().cells.first?.summary.reason
    ledger.check(
      invalid.status == 9 && reason?.hasPrefix("placement: relay") == true,
      "a relay that is moved is caught: exit 9, \(reason ?? "-")", invalid.summary)
    let killed = try guest.weir.startRun(job: job)
    ledger.check(
      kill(try Worker.find("relay", of: killed).pid, SIGKILL) == 0, "the saboteur kills a relay")
    let dead = killed.end()
    ledger.check(
      dead.status == 3 && dead.errors.contains("worker relay (pid "),
      "a relay that is killed is named: exit 3: \(dead.errors)", dead.summary)
  }
}
