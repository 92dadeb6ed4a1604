// SPDX-License-Identifier: Apache-2.0

import Foundation
import Harness
import SharedMemory
import Topology

/// What somebody took away: a CPU, a node, the right to a policy. Each has its own message and code.
struct RefusalsStage {
  let guest: Guest

  func run(_ ledger: inout Ledger) throws {
    try offlineCPU(&ledger)
    let group = try ControlGroup(name: "narrow", cpus: "0-1", nodes: "0")
    try forbidden(group, &ledger)
    try refusedPolicy(&ledger)
  }

  /// hwloc then counts three PUs, and the last is nowhere.
  private func offlineCPU(_ ledger: inout Ledger) throws {
    guard let last = guest.kernel.onlineCPUs.last else { return }
    let switchFile = "/sys/devices/system/cpu/cpu\(last)/online"
    try Self.write("0", to: switchFile)
    let job = SabotageStage.job(producer: "pu:\(last)", customer: "pu:0", segment: "producer")
    let refused = try guest.weir.run(job: job, ["--require", "pu:\(last)"])
    ledger.check(
      refused.refused(6, saying: ["CPU \(last) is offline", "echo 1 > \(switchFile)"]),
      "a seat on an offline CPU is refused with 6: \(refused.errors)", refused.summary)
    let skipped = try guest.weir.run(job: job)
    let cell = try skipped.run().cells.first
    ledger.check(
      cell?.status == .skipped && cell?.summary.reason?.contains("offline") == true,
      "without --require it is skipped: \(cell?.summary.reason ?? "-")", skipped.summary)
    try Self.write("1", to: switchFile)
    let measured = try guest.weir.run(job: job, ["--measure", "1s"])
    ledger.check(
      measured.status == WeirCommand.cleanStatus, "back online, it is measured", measured.summary)
  }

  /// A cpuset of node 0 alone.
  private func forbidden(_ group: ControlGroup, _ ledger: inout Ledger) throws {
    let here = SabotageStage.job(producer: "numa:0", customer: "numa:0", segment: "node:0")
    for (place, words) in [
      ("numa:1", ["may use CPU 0-1"]), ("segment=node:1", ["may use node 0", "cpuset"]),
    ] {
      let refused = try guest.weir.run(job: here, ["--require", place], group: group.path)
      ledger.check(
        refused.refused(6, saying: words),
        "in a cpuset, \(place) is refused with 6: \(refused.errors)",
        refused.summary)
    }
    let there = SabotageStage.job(producer: "numa:0", customer: "numa:0", segment: "node:1")
    let skipped = try guest.weir.run(job: there, group: group.path)
    let cell = try skipped.run().cells.first
    ledger.check(
      cell?.status == .skipped && cell?.summary.reason?.contains("may use node 0") == true,
      "without --require it is skipped: \(cell?.summary.reason ?? "-")", skipped.summary)
    let spread = SabotageStage.job(producer: "numa:0", customer: "numa:0", segment: "interleave")
    for job in [here, spread] {
      let run = try guest.weir.run(job: job, ["--measure", "1s"], group: group.path)
      let seen = try run.run().cells.first?.summary.placement
      ledger.check(
        run.status == WeirCommand.cleanStatus && seen?.verified == true
          && seen?.segmentPagesByNode.map { Set($0.keys) } == ["0"],
        "in a cpuset, a segment lies on what it allows: \(seen?.segmentPagesByNode ?? [:])",
        run.summary)
    }
  }

  /// A cpuset that shrinks under a run: what was resolved at its beginning, the kernel then refuses.
  private func refusedPolicy(_ ledger: inout Ledger) throws {
    let group = try ControlGroup(name: "shrinking", cpus: "0-3", nodes: "0-1")
    let job = SabotageStage.job(
      producer: "numa:0", customer: "numa:0", segment: "node:1", launches: 3)
    let run = try guest.weir.startRun(job: job, group: group.path)
    _ = try Worker.find("producer", of: run)
    try Self.write("0", to: "\(group.path)/cpuset.mems")
    let ended = run.end()
    ledger.check(
      ended.refused(6, saying: ["cannot bind memory to node 1", "the kernel rejects the set"]),
      "a policy that the kernel refuses ends the run with 6: \(ended.errors)", ended.summary)
  }

  static func write(_ text: String, to path: String) throws {
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw GuestError("\(path) cannot be written")
    }
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }
}

/// A group that may use some CPUs and nodes only.
private struct ControlGroup {
  let path: String

  init(name: String, cpus: String, nodes: String) throws {
    let root = "/sys/fs/cgroup"
    path = "\(root)/\(name)"
    try RefusalsStage.write("+cpuset", to: "\(root)/cgroup.subtree_control")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try RefusalsStage.write(cpus, to: "\(path)/cpuset.cpus")
    try RefusalsStage.write(nodes, to: "\(path)/cpuset.mems")
  }
}
