// SPDX-License-Identifier: Apache-2.0

import Foundation
import Harness
import Topology

/// hwloc's, libnuma's and the kernel's pictures of the machine are one.
struct ViewsStage {
  let guest: Guest

  func run(_ ledger: inout Ledger) throws {
    let doctor = try guest.weir.command(["doctor", "--json"])
    let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(doctor.output.utf8))
    for name in ["numa-views", "thread-binding", "memory-binding", "page-census"] {
      let check = diagnosis.machine.checks.first { $0.name == name }
      ledger.check(
        check?.state == "ok", "weir doctor: \(name) is ok: \(check?.value ?? "-")",
        "\(check?.state ?? "missing"), \(check?.hint ?? "no hint")")
    }
    let topology = try guest.weir.command(["topology", "--json"])
    let machine = try JSONDecoder().decode(Survey.self, from: Data(topology.output.utf8)).machine
    for node in guest.kernel.nodes {
      let seen = machine.numaNode(osIndex: node.number)
      ledger.check(
        seen?.cpuset == node.cpus && seen?.memoryBytes == node.memoryBytes,
        "weir topology: node \(node.number) has CPU \(node.cpus) and \(node.memoryBytes >> 20) MiB",
        "\(String(describing: seen))")
    }
    let rows = guest.kernel.nodes.map(\.distances)
    ledger.check(
      machine.distances?.rows == rows, "weir topology: the distances are \(rows)",
      "\(String(describing: machine.distances?.rows))")
  }

  private struct Diagnosis: Decodable {
    struct Machine: Decodable { let checks: [Check] }
    struct Check: Decodable {
      let name: String
      let state: String
      let value: String?
      let hint: String?
    }
    let machine: Machine
  }

  private struct Survey: Decodable { let machine: Machine }
}
