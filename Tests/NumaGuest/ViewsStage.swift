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
    let machine = guest.machine
    for node in guest.kernel.nodes {
      let seen = machine.numaNode(osIndex: node.number)
      ledger.check(
        seen?.cpuset == node.cpus && seen?.memoryBytes == node.memoryBytes,
        "weir topology: node \(node.number) has CPU \(node.cpus) and \(node.memoryBytes >> 20) MiB",
        "\(String(describing: seen))")
      // The kernel's row is by its own numbers, weir's table by logical index.
      let row = guest.kernel.nodes.sorted { $0.number < $1.number }.map { other in
        seen.flatMap { from in
          machine.numaNode(osIndex: other.number).flatMap {
            machine.distances?.distance(from: from.logicalIndex, to: $0.logicalIndex)
          }
        }
      }
      ledger.check(
        row == node.distances, "weir topology: node \(node.number) is \(node.distances) away",
        "\(row)")
    }
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
}
