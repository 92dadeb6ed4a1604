// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

@testable import Harness

@Suite struct NoiseLedgerTests {
  /// Files of /proc as they are printed, and what they say.
  @Test func countersAreRead() throws {
    let root = try FakeRoot([
      "/proc/stat": """
      cpu  1 2 3 4 5 6 7 88 9 10
      cpu1 1 2 3 4 5 6 7 11 9 10
      cpu10 1 2 3 4 5 6 7 12 9 10
      intr 12345 0 0
      """,
      "/proc/pressure": "some avg10=97.67 avg60=98.13 avg300=75.42 total=695185504\nfull total=1",
      "/proc/self/stat": "17 (a) 1 (b) S 2 3 4 0 -1 4194304 70 71 72 73 1 2",
      "/proc/interrupts": """
                 CPU0       CPU1       CPU10
       24:          1        100       10000   IO-APIC   5-edge      ACPI:Ged
      LOC:          2        200       20000   Local timer interrupts
      ERR:          7
      MIS:          7
      """,
    ])
    let text = CounterText()
    func read(_ name: String) throws {
      let file = try #require(CounterFile(root.path + name))
      #expect(file.read(into: text))
    }
    try read("/proc/stat")
    #expect(text.number("cpu1 ", at: 7) == 11)
    #expect(text.number("cpu10 ", at: 7) == 12)
    #expect(text.number("cpu2 ", at: 7) == nil, "another CPU")
    #expect(text.number("cpu1 ", at: 12) == nil, "another line")
    #expect(text.number("intr ") == 12345)
    try read("/proc/pressure")
    #expect(text.number("some ", at: 9) == 695_185_504)
    try read("/proc/self/stat")
    #expect(text.number(nil, at: 6) == 70 && text.number(nil, at: 8) == 72)
    try read("/proc/interrupts")
    func interrupts(_ cpus: CPUSet) -> Int? { text.interrupts(of: cpus.words) }
    #expect(interrupts([0]) == 3)
    #expect(interrupts([1, 10]) == 30300)
    #expect(interrupts([5]) == 0)
    try read("/proc/pressure")
    #expect(interrupts([0]) == nil, "not that table")
  }

  @Test func whatIsNotThereIsNotKnown() throws {
    #expect(CounterFile("/proc/no such file") == nil)
    let root = try FakeRoot(["/long": String(repeating: "some 1\n", count: 1 << 14), "/none": ""])
    let file = try #require(CounterFile(root.path + "/long"))
    #expect(!file.read(into: CounterText()), "longer than what is read between slices")
    let noise = NoiseLedger(processes: [], cpus: [9999]).reading()
    #expect(noise.runDelay == nil && noise.migrations == nil && noise.majorFaults == nil)
    #expect(noise.steal == nil, "no such CPU")
    #expect(ThreadCounters.all(of: .max).isEmpty)
  }

  /// What this process does shows: it sleeps a few times and touches pages.
  @Test func readingsTellWhatHappenedBetweenThem() throws {
    let cpus = try Machine.current().allowedCPUs
    let ledger = NoiseLedger(processes: [UInt32(getpid())], cpus: cpus)
    let before = ledger.reading()
    for _ in 0..<5 { usleep(1000) }
    let pages = UnsafeMutableRawPointer.allocate(byteCount: 1 << 22, alignment: 4096)
    for page in 0..<1024 { pages.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self) }
    let noise = ledger.reading() - before
    pages.deallocate()
    #expect(try #require(noise.minorFaults) > 0)
    #expect(try #require(noise.voluntarySwitches) >= 5)
    #expect(try #require(noise.involuntarySwitches) >= 0)
    #expect(noise.runDelay ?? 0 >= 0 && noise.steal ?? 0 >= 0)
    #expect(noise.interrupts ?? 1 > 0, "a timer, at least")
  }
}
