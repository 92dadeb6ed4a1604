// SPDX-License-Identifier: Apache-2.0

/// Which calls the kernel has, and how far it lets this user go.
enum KernelChecks {
  static func all(_ probe: SystemProbe) -> [MachineInfo.Check] {
    [release(probe)] + Feature.allCases.map { feature($0, probe) }
      + [perfEvents(probe), counters(probe), sendBuffer(probe)]
      + ResourceLimit.allCases.map { limit($0, probe) }
  }

  static func release(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let release = probe.text("/proc/sys/kernel/osrelease") else {
      return .unavailable("kernel", hint: "/proc is not mounted")
    }
    return .ok("kernel", release)
  }

  /// A system call with the kernel that brought it.
  enum Feature: String, CaseIterable {
    case memfd
    case pidfd
    case populate = "madv-populate"
    case futexWaitv = "futex-waitv"

    var since: KernelVersion {
      switch self {
      case .memfd: KernelVersion(3, 17)
      // waitid(P_PIDFD); pidfd_open came with 5.3.
      case .pidfd: KernelVersion(5, 4)
      case .populate: KernelVersion(5, 14)
      case .futexWaitv: KernelVersion(5, 16)
      }
    }

    var use: String {
      switch self {
      case .memfd: "segments without a name"
      case .pidfd: "watching workers"
      case .populate: "touching memory before the clock runs"
      case .futexWaitv: "sleeping on several words at once"
      }
    }
  }

  static func feature(_ feature: Feature, _ probe: SystemProbe) -> MachineInfo.Check {
    let need = "Linux \(feature.since)"
    guard let release = probe.text("/proc/sys/kernel/osrelease"),
      let version = KernelVersion(release: release)
    else { return .unavailable(feature.rawValue, hint: "unknown kernel; it came with \(need)") }
    return .verdict(
      feature.rawValue, version >= feature.since ? "yes" : "no, Linux \(version)",
      isGood: version >= feature.since, hint: "\(feature.use) needs \(need) or newer")
  }

  static func perfEvents(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let level = probe.integer("/proc/sys/kernel/perf_event_paranoid") else {
      return .unavailable("perf-events", hint: "this kernel has no perf events")
    }
    return .verdict(
      "perf-events", "paranoid \(level)", isGood: level <= 2,
      hint: "no counters for ordinary users: sysctl kernel.perf_event_paranoid=2")
  }

  static func counters(_ probe: SystemProbe) -> MachineInfo.Check {
    let devices = probe.entries("/sys/bus/event_source/devices").filter {
      // cpu on x86, cpu_core and cpu_atom on hybrid ones, armv8_pmuv3_0 and the like on ARM.
      $0 == "cpu" || $0.hasPrefix("cpu_") || $0.hasPrefix("armv")
    }
    guard !devices.isEmpty else {
      return .unavailable(
        "pmu",
        hint: "no hardware counters: instructions and cache misses cannot be counted; a virtual"
          + " machine may be given a virtual PMU")
    }
    return .ok("pmu", devices.joined(separator: ", "))
  }

  /// The kernel's own default: a lower one was set by somebody.
  static let leastSendBuffer = 212_992

  static func sendBuffer(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let bytes = probe.integer("/proc/sys/net/core/wmem_max") else {
      return .unavailable("wmem-max", hint: "socket buffers cannot be seen from here")
    }
    return .verdict(
      "wmem-max", bytes.asBytes, isGood: bytes >= leastSendBuffer,
      hint: "kernel channels get small buffers: sysctl net.core.wmem_max=4194304")
  }

  static func limit(_ limit: ResourceLimit, _ probe: SystemProbe) -> MachineInfo.Check {
    guard let soft = limit.soft(probe) else {
      return .unavailable(limit.checkName, hint: "the kernel does not list the limit")
    }
    return .verdict(
      limit.checkName, soft.description(of: limit), isGood: soft.isAtLeast(limit.least),
      hint: limit.hint)
  }
}
