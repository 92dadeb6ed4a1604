// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ProcessorChecksTests {
  private let cpus = "/sys/devices/system/cpu"

  @Test func oneSlowGovernorSpoilsAll() throws {
    let fast = "\(cpus)/cpu0/cpufreq/scaling_governor"
    let good = try verdict([fast: "performance"], ProcessorChecks.governor)
    #expect(good == .ok("cpu-governor", "performance"))
    let mixed = try verdict(
      [fast: "performance", "\(cpus)/cpu11/cpufreq/scaling_governor": "powersave"],
      ProcessorChecks.governor)
    #expect(mixed.state == .bad)
    #expect(mixed.value == "performance, powersave")
    #expect(mixed.hint?.contains("cpupower") == true)
  }

  @Test func whatTheKernelHidesIsUnavailableAndNeverOk() throws {
    for check in ProcessorChecks.all(try FakeRoot().probe) {
      #expect(check.state == .unavailable, "\(check.name)")
      #expect(check.hint?.isEmpty == false, "\(check.name)")
    }
  }

  @Test(
    arguments: [
      ("intel_pstate/no_turbo", "1", MachineInfo.Check.State.ok),
      ("intel_pstate/no_turbo", "0", .bad), ("cpufreq/boost", "0", .ok),
      ("cpufreq/boost", "1", .bad), ("cpufreq/boost", "x", .unavailable),
    ])
  func turbo(file: String, content: String, state: MachineInfo.Check.State) throws {
    let check = try verdict(["\(cpus)/\(file)": content], ProcessorChecks.turbo)
    #expect(check.state == state)
    if state == .bad { #expect(check.hint?.contains(file) == true, "the switch is named") }
  }

  @Test func smtThatAGuestCannotSeeIsUnavailable() throws {
    let off = ["\(cpus)/smt/active": "0"]
    #expect(try verdict(off, ProcessorChecks.smt).state == .ok)
    #expect(try verdict(["\(cpus)/smt/active": "1"], ProcessorChecks.smt).state == .bad)
    let guest = off.merging(["/proc/cpuinfo": "flags : fpu hypervisor"]) { $1 }
    #expect(try verdict(guest, ProcessorChecks.smt).state == .unavailable)
  }

  @Test func onlyIdleStatesInUseCount() throws {
    let folder = "\(cpus)/cpu0/cpuidle"
    var files = [
      "\(cpus)/cpuidle/current_driver": "acpi_idle", "\(folder)/state0/latency": "0",
      "\(folder)/state0/disable": "0", "\(folder)/state1/latency": "133",
      "\(folder)/state1/disable": "0",
    ]
    let deep = try verdict(files, ProcessorChecks.idleStates)
    #expect(deep.state == .bad)
    #expect(deep.value == "acpi_idle, deepest takes 133 us to leave")
    files["\(folder)/state1/disable"] = "1"
    #expect(try verdict(files, ProcessorChecks.idleStates).state == .ok)
  }

  @Test func aHypervisorIsNamedAsFarAsItTells() throws {
    let guest = ["/proc/cpuinfo": "processor : 0\nflags : fpu hypervisor lm"]
    #expect(try verdict(guest, ProcessorChecks.hypervisor).value == "unnamed hypervisor")
    let dmi = [
      "/sys/class/dmi/id/sys_vendor": "QEMU", "/sys/class/dmi/id/product_name": "Standard PC",
    ]
    let named = try verdict(guest.merging(dmi) { $1 }, ProcessorChecks.hypervisor)
    #expect(named.state == .bad)
    #expect(named.value == "QEMU Standard PC")
    let metal = ["/proc/cpuinfo": "flags : fpu lm"].merging(dmi) { $1 }
    #expect(try verdict(metal, ProcessorChecks.hypervisor) == .ok("hypervisor", "none"))
    let xen = try verdict(["/sys/hypervisor/type": "xen"], ProcessorChecks.hypervisor)
    #expect(xen.value == "xen")
  }
}
