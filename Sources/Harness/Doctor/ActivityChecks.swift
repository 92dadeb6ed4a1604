// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// What else runs here, and how many CPUs are left.
enum ActivityChecks {
  static func all(
    _ probe: SystemProbe, from first: ProcessorTimes?, to last: ProcessorTimes?
  ) -> [MachineInfo.Check] {
    [
      steal(from: first, to: last), load(probe), pressure(probe), cpuset(probe), quota(probe),
    ]
  }

  /// A hundredth of the time is a slice of a launch in a hundred.
  static let highestStealShare = 0.01

  static func steal(
    from first: ProcessorTimes?, to last: ProcessorTimes?
  ) -> MachineInfo.Check {
    guard let first, let last, let now = first.stealShare(until: last) else {
      return .unavailable("steal", hint: "the kernel does not count what a hypervisor takes")
    }
    let ever = last.stealShare.map { ", \(percent($0)) since boot" } ?? ""
    return .verdict(
      "steal", "\(percent(now)) now\(ever)", isGood: now <= highestStealShare,
      hint: "other guests take CPU time: use dedicated CPUs, or measure at another hour")
  }

  /// A busy CPU in ten, and on small machines a quarter of one.
  static func highestLoad(cpus: Int) -> Double { max(0.25, 0.1 * Double(cpus)) }

  static func load(_ probe: SystemProbe) -> MachineInfo.Check {
    let word = probe.text("/proc/loadavg")?.split(separator: " ").first
    guard let load = word.flatMap({ Double($0) }), let online = online(probe) else {
      return .unavailable("load", hint: "the kernel does not say how busy it is")
    }
    let limit = highestLoad(cpus: online.count)
    return .verdict(
      "load", "\(Figures.text(load)) on \(online.count) CPUs", isGood: load <= limit,
      hint: "something else is running: stop it, or wait until the load is below"
        + " \(Figures.text(limit))")
  }

  /// Share of time with a task stalled, in percent, above which somebody competes.
  static let highestPressurePercent = 5.0

  static func pressure(_ probe: SystemProbe) -> MachineInfo.Check {
    let stalls = ["cpu", "memory", "io"].compactMap { resource in
      stall(probe.lines("/proc/pressure/\(resource)")).map { (resource, $0) }
    }
    guard !stalls.isEmpty else {
      return .unavailable("psi", hint: "no pressure information: boot with psi=1")
    }
    let value = stalls.map { "\($0.0) \(Figures.text($0.1)) %" }.joined(separator: ", ")
    return .verdict(
      "psi", value, isGood: stalls.allSatisfy { $0.1 <= highestPressurePercent },
      hint: "tasks wait for each other: stop what competes")
  }

  /// `avg10` of the `some` line.
  private static func stall(_ lines: [Substring]) -> Double? {
    let words = lines.first { $0.hasPrefix("some ") }?.split(separator: " ") ?? []
    return words.first { $0.hasPrefix("avg10=") }.flatMap { Double($0.dropFirst(6)) }
  }

  static func cpuset(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let text = probe.field("/proc/self/status", "Cpus_allowed_list"),
      let allowed = try? CPUSet(list: text), let online = online(probe)
    else {
      return .unavailable("cpuset", hint: "the kernel does not say which CPUs are allowed")
    }
    let usable = allowed.intersection(online)
    guard usable == online else {
      return .bad(
        "cpuset", "CPU \(usable) of \(online)",
        hint: "seats outside are skipped: widen the cpuset or the affinity of this shell")
    }
    return .verdict(
      "cpuset", "all CPUs, \(online)", isGood: usable.count > 1,
      hint: "both ends take turns on one CPU: use a machine with two")
  }

  static func quota(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let quota = ControlGroup(probe).cpuQuota else { return .ok("cpu-quota", "none") }
    return .bad(
      "cpu-quota", "\(Figures.text(quota)) CPUs",
      hint: "the kernel stops everything for the rest of a period once it is used up: lift the"
        + " container's CPU limit")
  }

  private static func online(_ probe: SystemProbe) -> CPUSet? {
    probe.text("/sys/devices/system/cpu/online").flatMap { try? CPUSet(list: $0) }
  }

  private static func percent(_ share: Double) -> String { "\(Figures.text(share * 100)) %" }
}
