// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// Whether workers and memory can be put where a plan wants them.
enum BindingChecks {
  static func all(_ machine: Machine, _ probe: SystemProbe) -> [MachineInfo.Check] {
    [nodes(machine), views(machine)]
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

  /// Whether the two libraries that read the kernel's NUMA files see the same machine.
  static func views(_ machine: Machine) -> MachineInfo.Check {
    guard let differences = machine.differencesFromLibnuma() else {
      return .unavailable("numa-views", hint: "libnuma has no say here: a kernel without NUMA")
    }
    let count = machine.numaNodes.count
    return .verdict(
      "numa-views",
      differences.first ?? "hwloc and libnuma agree on \(count) node\(count == 1 ? "" : "s")",
      isGood: differences.isEmpty,
      hint: "hwloc and libnuma see two machines: unset HWLOC_ variables, or update both libraries")
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
