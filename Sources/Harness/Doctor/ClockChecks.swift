// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// Whether one clock stamps the same time on every CPU, and what waiting for one another takes.
enum ClockChecks {
  static func all(_ probe: SystemProbe) -> [MachineInfo.Check] {
    [source(probe), counter(probe), wakeUp(.measured)]
  }

  /// Read in user space in some ten nanoseconds; the others cost a system call or a device access.
  static let fastSources: Set<String> = ["tsc", "arch_sys_counter", "kvm-clock"]

  static func source(_ probe: SystemProbe) -> MachineInfo.Check {
    let folder = "/sys/devices/system/clocksource/clocksource0"
    guard let source = probe.text("\(folder)/current_clocksource"), !source.isEmpty else {
      return .unavailable("clock-source", hint: "the kernel does not name its clock")
    }
    return .verdict(
      "clock-source", source, isGood: fastSources.contains(source),
      hint: "reading the time costs a system call: see \(folder)/available_clocksource, and boot"
        + " with clocksource=tsc tsc=reliable where the processor allows it")
  }

  static func counter(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let flags = probe.field("/proc/cpuinfo", "flags")?.split(separator: " ") else {
      return .unavailable("invariant-tsc", hint: "not an x86 processor; the kernel's clock is used")
    }
    let missing = ["constant_tsc", "nonstop_tsc"].filter { !flags.contains(Substring($0)) }
    return .verdict(
      "invariant-tsc", missing.isEmpty ? "yes" : "no \(missing.joined(separator: ", "))",
      isGood: missing.isEmpty,
      hint: "the counter changes speed or stops: messages are stamped with CLOCK_MONOTONIC, which"
        + " costs more; a virtual machine may pass the flag through")
  }

  /// The price of sleeping, and how long ends poll that would rather not pay it.
  static func wakeUp(_ costs: WaitCosts?) -> MachineInfo.Check {
    guard let costs else {
      return .unavailable(
        "wake-up", hint: "one CPU: waiting by spin-park sleeps at once here")
    }
    let wake = Figures.text(costs.wakeNanoseconds / 1000)
    let poll = Figures.text(costs.pollNanoseconds)
    return .ok(
      "wake-up", "\(wake) us; spin-park polls \(costs.balancedSpins) times for \(poll) ns first")
  }
}
