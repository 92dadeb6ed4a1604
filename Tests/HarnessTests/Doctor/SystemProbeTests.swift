// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct SystemProbeTests {
  @Test func readsFilesBelowItsRootOnly() throws {
    let root = try FakeRoot(["/proc/number": "42", "/proc/words": "always [madvise] never"])
    let probe = root.probe
    #expect(probe.integer("/proc/number") == 42)
    #expect(probe.integer("/proc/words") == nil)
    #expect(probe.choice("/proc/words") == "madvise")
    #expect(probe.text("/proc/self/status") == nil, "the real file must not show through")
    #expect(!probe.exists("/proc/version"))
  }

  @Test(arguments: [("plain", "plain"), ("][", "]["), ("", nil)] as [(String, String?)])
  func aChoiceWithoutBracketsIsTheWholeText(text: String, choice: String?) throws {
    let root = try FakeRoot(["/choice": text])
    #expect(root.probe.choice("/choice") == choice)
  }

  @Test func fieldsAreFoundByLabelAndMemoryIsInBytes() throws {
    let root = try FakeRoot([
      "/proc/meminfo": "MemTotal:       1024 kB\nHugePages_Total:       3\nBroken: x kB"
    ])
    #expect(root.probe.field("/proc/meminfo", "MemTotal") == "1024 kB")
    #expect(root.probe.memory("MemTotal") == 1 << 20)
    #expect(root.probe.memory("HugePages_Total") == 3)
    #expect(root.probe.memory("Broken") == nil)
    #expect(root.probe.memory("Mem") == nil, "a label is matched whole")
  }

  @Test func entriesCountLikePeopleDo() throws {
    let root = try FakeRoot(["/d/cpu10/x": "", "/d/cpu2/x": "", "/d/cpu1/x": ""])
    #expect(root.probe.entries("/d") == ["cpu1", "cpu2", "cpu10"])
    #expect(root.probe.entries("/missing").isEmpty)
  }

  @Test func aToolMustBeExecutable() throws {
    let root = try FakeRoot(["/usr/bin/gnuplot": "#!"])
    #expect(root.probe.tool("gnuplot") == nil)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: root.path + "/usr/bin/gnuplot")
    #expect(root.probe.tool("gnuplot") == root.path + "/usr/bin/gnuplot")
  }

  @Test func theRealMachineHasAKernelAndShowsItsSharedMemory() {
    let probe = SystemProbe()
    #expect(probe.text("/proc/sys/kernel/osrelease")?.isEmpty == false)
    #expect((probe.memory("MemTotal") ?? 0) > 1 << 20)
    #expect(probe.exists("/dev/shm") == (probe.sharedMemory != nil))
  }

  @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.50 KiB"), (1 << 30, "1.00 GiB")])
  func bytesAreReadable(count: Int, text: String) { #expect(count.asBytes == text) }
}
