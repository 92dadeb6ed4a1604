// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ActivityChecksTests {
  private let online = "/sys/devices/system/cpu/online"

  @Test func stealIsJudgedByTheSampleAndNotByThePast() {
    let first = ProcessorTimes(total: 1000, steal: 500)
    let quiet = ActivityChecks.steal(from: first, to: ProcessorTimes(total: 1200, steal: 500))
    #expect(quiet.state == .ok)
    #expect(quiet.value == "0 % now, 41.7 % since boot")
    let robbed = ActivityChecks.steal(from: first, to: ProcessorTimes(total: 1200, steal: 520))
    #expect(robbed.state == .bad)
    #expect(ActivityChecks.steal(from: nil, to: nil).state == .unavailable)
  }

  @Test(
    arguments: [
      ("0-1", "0.20 0 0 1/9 9", MachineInfo.Check.State.ok), ("0-1", "1.00 0 0 1/9 9", .bad),
      ("0-63", "1.00 0 0 1/9 9", .ok), ("0-63", "9.00 0 0 1/9 9", .bad), ("0", "", .unavailable),
    ])
  func load(cpus: String, average: String, state: MachineInfo.Check.State) throws {
    let check = try verdict([online: cpus, "/proc/loadavg": average], ActivityChecks.load)
    #expect(check.state == state)
  }

  @Test func anyStalledResourceIsBad() throws {
    let calm = "some avg10=0.10 avg60=9.00 avg300=9.00 total=1\nfull avg10=9.00 total=1"
    let busy = "some avg10=12.50 avg60=0.00 avg300=0.00 total=1"
    let good = try verdict(["/proc/pressure/cpu": calm], ActivityChecks.pressure)
    #expect(good == .ok("psi", "cpu 0.100 %"))
    let bad = try verdict(
      ["/proc/pressure/cpu": calm, "/proc/pressure/io": busy], ActivityChecks.pressure)
    #expect(bad.state == .bad)
    #expect(bad.value == "cpu 0.100 %, io 12.5 %")
    #expect(try verdict([:], ActivityChecks.pressure).state == .unavailable)
  }

  @Test(
    arguments: [
      ("0-3", "0-3", MachineInfo.Check.State.ok), ("0-1", "0-3", .bad), ("0", "0", .bad),
      ("0-127", "0-3", .ok), ("nonsense", "0-3", .unavailable),
    ])
  func cpuset(allowed: String, cpus: String, state: MachineInfo.Check.State) throws {
    let status = "Name:\tx\nCpus_allowed_list:\t\(allowed)"
    let check = try verdict([online: cpus, "/proc/self/status": status], ActivityChecks.cpuset)
    #expect(check.state == state)
  }

  @Test func aQuotaIsBad() throws {
    let check = try verdict(["/sys/fs/cgroup/cpu.max": "150000 100000"], ActivityChecks.quota)
    #expect(check.state == .bad)
    #expect(check.value == "1.50 CPUs")
    #expect(try verdict([:], ActivityChecks.quota).state == .ok)
  }
}
