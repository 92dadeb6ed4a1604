// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct KernelChecksTests {
  private let release = "/proc/sys/kernel/osrelease"

  @Test(
    arguments: [
      (KernelChecks.Feature.memfd, "3.16.0", MachineInfo.Check.State.bad), (.memfd, "3.17.0", .ok),
      (.pidfd, "5.3.9", .bad), (.pidfd, "5.4.0", .ok), (.populate, "5.13.19", .bad),
      (.populate, "5.14.0", .ok), (.futexWaitv, "5.15.9", .bad), (.futexWaitv, "6.1.0", .ok),
      (.futexWaitv, "strange", .unavailable),
    ])
  func features(
    feature: KernelChecks.Feature, kernel: String, state: MachineInfo.Check.State
  ) throws {
    let check = try verdict([release: kernel]) { KernelChecks.feature(feature, $0) }
    #expect(check.state == state)
    if state == .bad { #expect(check.hint?.contains("\(feature.since)") == true) }
  }

  @Test func theKernelIsNamed() throws {
    #expect(try verdict([release: "6.1.0"], KernelChecks.release) == .ok("kernel", "6.1.0"))
    #expect(try verdict([:], KernelChecks.release).state == .unavailable)
  }

  @Test(
    arguments: [
      ("-1", MachineInfo.Check.State.ok), ("2", .ok), ("3", .bad), ("", .unavailable),
    ])
  func perfEvents(level: String, state: MachineInfo.Check.State) throws {
    let check = try verdict(
      ["/proc/sys/kernel/perf_event_paranoid": level], KernelChecks.perfEvents)
    #expect(check.state == state)
  }

  @Test func softwareEventsAreNoCounters() throws {
    let devices = "/sys/bus/event_source/devices"
    let guest = try verdict(["\(devices)/software/type": "1"], KernelChecks.counters)
    #expect(guest.state == .unavailable)
    let metal = try verdict(
      ["\(devices)/cpu_core/type": "4", "\(devices)/msr/type": "9"], KernelChecks.counters)
    #expect(metal == .ok("pmu", "cpu_core"))
  }

  @Test(arguments: [("4194304", MachineInfo.Check.State.ok), ("4096", .bad), ("", .unavailable)])
  func sendBuffer(bytes: String, state: MachineInfo.Check.State) throws {
    let check = try verdict(["/proc/sys/net/core/wmem_max": bytes], KernelChecks.sendBuffer)
    #expect(check.state == state)
  }

  @Test(
    arguments: [
      (ResourceLimit.openFiles, "Max open files            256     4096    files", "256"),
      (.processes, "Max processes             12      12      processes", "12"),
      (.lockedMemory, "Max locked memory         4096    4096    bytes", "4.00 KiB"),
    ])
  func lowLimitsAreBad(limit: ResourceLimit, line: String, value: String) throws {
    let header = "Limit                     Soft Limit   Hard Limit   Units\n"
    let low = try verdict(["/proc/self/limits": header + line]) { KernelChecks.limit(limit, $0) }
    #expect(low.state == .bad)
    #expect(low.value == value)
    let free = limit.rawValue + "   unlimited   unlimited   x"
    let high = try verdict(["/proc/self/limits": free]) { KernelChecks.limit(limit, $0) }
    #expect(high == .ok(limit.checkName, "unlimited"))
    #expect(try verdict([:]) { KernelChecks.limit(limit, $0) }.state == .unavailable)
  }
}
