// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct MemoryChecksTests {
  @Test(
    arguments: [
      ("2097152 kB", MachineInfo.Check.State.ok), ("1024 kB", .bad), ("some", .unavailable),
    ])
  func memory(available: String, state: MachineInfo.Check.State) throws {
    let text = "MemTotal: 4194304 kB\nMemAvailable: \(available)"
    #expect(try verdict(["/proc/meminfo": text], MemoryChecks.memory).state == state)
  }

  @Test func aSmallControlGroupIsBad() throws {
    let small = ["/sys/fs/cgroup/memory.max": "1048576"]
    let check = try verdict(small, MemoryChecks.controlGroup)
    #expect(check.state == .bad)
    #expect(check.value == "1.00 MiB left of 1.00 MiB")
    #expect(try verdict([:], MemoryChecks.controlGroup).state == .ok)
  }

  @Test func aContainersTinySharedMemoryIsBad() throws {
    var probe = try FakeRoot().probe
    #expect(MemoryChecks.sharedMemory(probe).state == .unavailable)
    probe.sharedMemory = .init(byteCount: 64 << 20, freeByteCount: 64 << 20)
    let check = MemoryChecks.sharedMemory(probe)
    #expect(check.state == .bad)
    #expect(check.hint?.contains("--shm-size") == true)
    probe.sharedMemory = .init(byteCount: 8 << 30, freeByteCount: 4 << 30)
    #expect(MemoryChecks.sharedMemory(probe) == .ok("dev-shm", "4.00 GiB free of 8.00 GiB"))
  }

  @Test(
    arguments: [
      ("enabled", "[always] madvise never", MachineInfo.Check.State.bad),
      ("enabled", "always [madvise] never", .ok), ("enabled", "always madvise [never]", .ok),
    ])
  func hugePages(file: String, text: String, state: MachineInfo.Check.State) throws {
    let path = "/sys/kernel/mm/transparent_hugepage/\(file)"
    #expect(try verdict([path: text], MemoryChecks.hugePages).state == state)
    #expect(try verdict([:], MemoryChecks.hugePages).state == .unavailable)
  }

  @Test(
    arguments: [
      ("always [within_size] advise never deny force", MachineInfo.Check.State.ok),
      ("always within_size [advise] never deny force", .bad),
      ("always within_size advise [never] deny force", .bad),
      ("always within_size advise never [deny] force", .bad),
    ])
  func sharedHugePages(text: String, state: MachineInfo.Check.State) throws {
    let path = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"
    #expect(try verdict([path: text], MemoryChecks.sharedHugePages).state == state)
    #expect(try verdict([:], MemoryChecks.sharedHugePages).state == .unavailable)
  }

  @Test(arguments: [(0, MachineInfo.Check.State.ok), (16, .ok), (1600, .bad)])
  func reservedHugePages(count: Int, state: MachineInfo.Check.State) throws {
    let text = "MemTotal: 4194304 kB\nHugePages_Total: \(count)\nHugepagesize: 2048 kB"
    #expect(try verdict(["/proc/meminfo": text], MemoryChecks.reservedHugePages).state == state)
    #expect(try verdict([:], MemoryChecks.reservedHugePages).state == .unavailable)
  }

  @Test(arguments: [("0", MachineInfo.Check.State.ok), ("1", .ok), ("2", .bad), ("", .unavailable)])
  func overcommit(mode: String, state: MachineInfo.Check.State) throws {
    let check = try verdict(["/proc/sys/vm/overcommit_memory": mode], MemoryChecks.overcommit)
    #expect(check.state == state)
  }

  @Test(
    arguments: [
      ("0", MachineInfo.Check.State.ok), ("1", .bad), ("3", .bad), ("", .unavailable),
    ])
  func balancing(mode: String, state: MachineInfo.Check.State) throws {
    let check = try verdict(["/proc/sys/kernel/numa_balancing": mode], MemoryChecks.balancing)
    #expect(check.state == state)
  }
}
