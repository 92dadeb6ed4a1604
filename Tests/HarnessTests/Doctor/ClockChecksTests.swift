// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing

@testable import Harness

@Suite struct ClockChecksTests {
  @Test(arguments: [("tsc", MachineInfo.Check.State.ok), ("hpet", .bad), ("", .unavailable)])
  func source(name: String, state: MachineInfo.Check.State) throws {
    let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
    #expect(try verdict([path: name], ClockChecks.source).state == state)
    #expect(try verdict([:], ClockChecks.source).state == .unavailable)
  }

  @Test func bothFlagsAreNeeded() throws {
    func check(_ flags: String) throws -> MachineInfo.Check {
      try verdict(["/proc/cpuinfo": "flags\t\t: \(flags)"], ClockChecks.counter)
    }
    #expect(try check("constant_tsc fpu nonstop_tsc").state == .ok)
    #expect(try check("constant_tsc fpu").value == "no nonstop_tsc")
    #expect(try check("nonstop_tsc_s3").value == "no constant_tsc, nonstop_tsc")
    #expect(
      try verdict(["/proc/cpuinfo": "Features : fp"], ClockChecks.counter).state == .unavailable)
  }

  @Test func whatAWakeUpCostsIsToldWithWhatFollows() {
    let check = ClockChecks.wakeUp(WaitCosts(pollNanoseconds: 20, wakeNanoseconds: 30_000))
    #expect(check.state == .ok)
    #expect(check.value == "30.0 us; spin-park polls 1500 times for 20.0 ns first")
    #expect(ClockChecks.wakeUp(nil).state == .unavailable)
  }
}
