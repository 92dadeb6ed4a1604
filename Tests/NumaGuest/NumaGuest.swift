// SPDX-License-Identifier: Apache-2.0
//
// What runs inside an emulated machine with several NUMA nodes (boot.sh starts it): stages that have
// the real `weir` place, measure, fail and refuse, and compare what it says with what the kernel says.
//
//   NumaGuest WEIR STAGE...      exits with 0 when every check of every stage holds, else with 1

import Foundation
import Topology

/// What a guest is asked to prove.
enum Stage: String, CaseIterable {
  /// hwloc, libnuma and the kernel see the same machine.
  case views
  /// Ends and segment are where a job wants them: presets, objects, node pairs, homes.
  case placement
  /// A page or an affinity that is changed during a run is noticed.
  case sabotage
  /// A node without free memory refuses a segment instead of having somebody killed.
  case fullNode = "full-node"
  /// CPUs that are offline, cpusets that forbid, policies that the kernel refuses.
  case refusals
  /// A node of memory alone.
  case memoryNode = "memory-node"

  func run(_ guest: Guest, _ ledger: inout Ledger) throws {
    switch self {
    case .views: try ViewsStage(guest: guest).run(&ledger)
    case .placement: try PlacementStage(guest: guest).run(&ledger)
    case .sabotage: try SabotageStage(guest: guest).run(&ledger)
    case .fullNode: try FullNodeStage(guest: guest).run(&ledger)
    case .refusals: try RefusalsStage(guest: guest).run(&ledger)
    case .memoryNode: try MemoryNodeStage(guest: guest).run(&ledger)
    }
  }
}

/// The machine as the kernel shows it, and the command under test.
struct Guest {
  let kernel: KernelView
  let weir: WeirCommand
  /// The same machine, by `weir topology`.
  let machine: Machine

  init(weir: WeirCommand) throws {
    self.weir = weir
    let topology = try weir.command(["topology", "--json"])
    machine = try JSONDecoder().decode(Survey.self, from: Data(topology.output.utf8)).machine
    kernel = try KernelView.current(order: machine.numaNodes.compactMap(\.osIndex))
  }

  private struct Survey: Decodable { let machine: Machine }
}

@main
enum NumaGuest {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    var ledger = Ledger()
    do {
      guard let path = arguments.first else { throw GuestError("usage: NumaGuest WEIR STAGE...") }
      let guest = try Guest(weir: WeirCommand(path: path))
      print(guest.kernel.summary)
      for name in arguments.dropFirst() {
        guard let stage = Stage(rawValue: name) else {
          let known = Stage.allCases.map(\.rawValue).joined(separator: ", ")
          throw GuestError("no stage is named \(name); there are \(known)")
        }
        ledger.begin(stage.rawValue)
        try stage.run(guest, &ledger)
      }
    } catch {
      ledger.check(false, "the guest goes on", "\(error)")
    }
    print(ledger.summary)
    exit(ledger.isClean ? 0 : 1)
  }
}

/// Why a guest cannot go on.
struct GuestError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
