// SPDX-License-Identifier: Apache-2.0

/// What makes a CPU run at another speed than a moment ago.
enum ProcessorChecks {
  static func all(_ probe: SystemProbe) -> [MachineInfo.Check] {
    [governor(probe), turbo(probe), smt(probe), idleStates(probe), hypervisor(probe)]
  }

  private static let cpus = "/sys/devices/system/cpu"

  static func governor(_ probe: SystemProbe) -> MachineInfo.Check {
    let name = "cpu-governor"
    let governors = numbered(probe, cpus, prefix: "cpu").compactMap {
      probe.text("\(cpus)/\($0)/cpufreq/scaling_governor")
    }
    let distinct = Set(governors).sorted()
    guard !distinct.isEmpty else {
      return .unavailable(name, hint: "the kernel shows no frequency control; a host may have it")
    }
    return .verdict(
      name, distinct.joined(separator: ", "), isGood: distinct == ["performance"],
      hint: "frequencies follow the load: cpupower frequency-set -g performance")
  }

  static func turbo(_ probe: SystemProbe) -> MachineInfo.Check {
    let name = "turbo"
    let hint = "speed depends on heat and on other cores: "
    if let off = probe.integer("\(cpus)/intel_pstate/no_turbo") {
      return .verdict(
        name, off == 1 ? "off" : "on", isGood: off == 1,
        hint: hint + "echo 1 > \(cpus)/intel_pstate/no_turbo")
    }
    if let on = probe.integer("\(cpus)/cpufreq/boost") {
      return .verdict(
        name, on == 0 ? "off" : "on", isGood: on == 0,
        hint: hint + "echo 0 > \(cpus)/cpufreq/boost")
    }
    return .unavailable(name, hint: "the kernel shows no turbo switch; a host may have turbo on")
  }

  static func smt(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let active = probe.integer("\(cpus)/smt/active") else {
      return .unavailable("smt", hint: "the kernel does not say whether cores have siblings")
    }
    if active != 1, hypervisorName(probe) != nil {
      return .unavailable(
        "smt", "none visible", hint: "a hypervisor may seat two virtual CPUs on one core")
    }
    return .verdict(
      "smt", active == 1 ? "on" : "off", isGood: active != 1,
      hint: "whatever runs on a sibling slows a core: seat both ends on cores whose siblings are"
        + " idle, or echo off > \(cpus)/smt/control")
  }

  /// Longer than this, waking up shows in a latency.
  static let longestExitMicroseconds = 10

  static func idleStates(_ probe: SystemProbe) -> MachineInfo.Check {
    let name = "idle-states"
    let folder = "\(cpus)/cpu0/cpuidle"
    let states = numbered(probe, folder, prefix: "state").filter {
      probe.integer("\(folder)/\($0)/disable") != 1
    }
    let latencies = states.compactMap { probe.integer("\(folder)/\($0)/latency") }
    guard let longest = latencies.max() else {
      return .unavailable(name, hint: "the kernel manages no idle states; a host may")
    }
    let driver = probe.text("\(cpus)/cpuidle/current_driver") ?? "unknown driver"
    return .verdict(
      name, "\(driver), deepest takes \(longest) us to leave",
      isGood: longest <= longestExitMicroseconds,
      hint: "the first message after a pause waits for the core to wake: cpupower idle-set"
        + " --disable-by-latency \(longestExitMicroseconds)")
  }

  static func hypervisor(_ probe: SystemProbe) -> MachineInfo.Check {
    let name = "hypervisor"
    if let product = hypervisorName(probe) {
      return .bad(
        name, product,
        hint: "a hypervisor takes CPUs away and moves them unseen: watch steal, compare within a"
          + " run only, and take absolute numbers from bare metal")
    }
    guard probe.field("/proc/cpuinfo", "flags") != nil else {
      return .unavailable(name, hint: "this processor does not tell whether it is virtual")
    }
    return .ok(name, "none")
  }

  /// What runs this machine as a guest; nil for none, or where nothing tells.
  static func hypervisorName(_ probe: SystemProbe) -> String? {
    let flags = probe.field("/proc/cpuinfo", "flags")?.split(separator: " ") ?? []
    let tree = "/proc/device-tree/hypervisor"
    guard flags.contains("hypervisor") || probe.exists("/sys/hypervisor/type") || probe.exists(tree)
    else { return nil }
    if let type = probe.text("/sys/hypervisor/type"), !type.isEmpty { return type }
    let vendor = probe.text("/sys/class/dmi/id/sys_vendor")
    let product = probe.text("/sys/class/dmi/id/product_name")
    let label = [vendor, product].compactMap { $0 }.joined(separator: " ")
    return label.isEmpty ? "unnamed hypervisor" : label
  }

  /// `cpu0`, `cpu1`, … but not `cpufreq`.
  private static func numbered(
    _ probe: SystemProbe, _ folder: String, prefix: String
  ) -> [String] {
    probe.entries(folder).filter {
      $0.hasPrefix(prefix) && Int($0.dropFirst(prefix.count)) != nil
    }
  }
}
