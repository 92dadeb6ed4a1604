// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// Whether workers and memory can be put where a plan wants them.
enum BindingChecks {
  static func all(_ machine: Machine, _ probe: SystemProbe) -> [MachineInfo.Check] {
    [nodes(machine)]
      + [Capability.Name.threadBinding, .memoryBinding, .pageCensus].map { bind($0, machine) }
      + [gnuplot(probe)]
  }

  static func nodes(_ machine: Machine) -> MachineInfo.Check {
    let count = machine.nodesWithCPUs.count
    if let reason = machine.whyUnavailable(.crossNode) {
      return .unavailable("numa-nodes", "\(count) with CPUs", hint: reason)
    }
    return .ok("numa-nodes", "\(count) with CPUs")
  }

  static func bind(_ name: Capability.Name, _ machine: Machine) -> MachineInfo.Check {
    if let reason = machine.whyUnavailable(name) {
      return .unavailable(name.rawValue, hint: reason)
    }
    return .ok(name.rawValue, "yes")
  }

  static func gnuplot(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let path = probe.tool("gnuplot") else {
      return .unavailable("gnuplot", hint: "no plots: apt-get install \(Plotter.package)")
    }
    return .ok("gnuplot", path)
  }
}
