// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ProcessorTimesTests {
  @Test func readsTheFirstLineWithoutCountingGuestsTwice() throws {
    let root = try FakeRoot(["/proc/stat": "cpu  10 0 10 60 5 0 5 10 99 99\ncpu0 1 1 1 1 1 1 1 1"])
    let times = try #require(ProcessorTimes(root.probe))
    #expect(times == ProcessorTimes(total: 100, steal: 10))
    #expect(times.stealShare == 0.1)
  }

  @Test(arguments: ["", "cpu  1 2", "intr 5"])
  func damageIsNoReading(text: String) throws {
    #expect(ProcessorTimes(try FakeRoot(["/proc/stat": text]).probe) == nil)
  }

  @Test func aShareIsOfTheTimeBetween() {
    let first = ProcessorTimes(total: 1000, steal: 50)
    #expect(first.stealShare(until: ProcessorTimes(total: 1200, steal: 60)) == 0.05)
    #expect(first.stealShare(until: first) == nil, "no time has passed")
    #expect(first.stealShare(until: ProcessorTimes(total: 1100, steal: nil)) == nil)
    #expect(
      first.stealShare(until: ProcessorTimes(total: 1100, steal: 40)) == 0,
      "some kernels count back")
  }
}
