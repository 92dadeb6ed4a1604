// SPDX-License-Identifier: Apache-2.0

/// How much memory a segment can have, and in which pages.
enum MemoryChecks {
  static func all(_ probe: SystemProbe) -> [MachineInfo.Check] {
    [
      memory(probe), controlGroup(probe), sharedMemory(probe), hugePages(probe),
      sharedHugePages(probe), reservedHugePages(probe), overcommit(probe), balancing(probe),
    ]
  }

  /// Two segments of the largest usual cell: 16 slots of 16 MiB each.
  static let comfortableByteCount = 512 << 20
  /// What the harness keeps free (`MemoryBudget`) and one small segment: less measures nothing.
  static let leastByteCount = 320 << 20

  static func memory(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let available = probe.memory("MemAvailable"), let total = probe.memory("MemTotal") else {
      return .unavailable("memory", hint: "the kernel does not say how much is free")
    }
    return .verdict(
      "memory", "\(available.asBytes) available of \(total.asBytes)",
      isGood: available >= comfortableByteCount,
      hint: "large segments will be refused: free memory, or lower size and depth")
  }

  static func controlGroup(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let limit = ControlGroup(probe).memory else { return .ok("memory-limit", "none") }
    return .verdict(
      "memory-limit", "\(limit.headroom.asBytes) left of \(limit.byteCount.asBytes)",
      isGood: limit.headroom >= comfortableByteCount,
      hint: "segments count against the control group: raise the container's memory limit")
  }

  static func sharedMemory(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let volume = probe.sharedMemory else {
      return .unavailable("dev-shm", hint: "named segments need it: mount a tmpfs on /dev/shm")
    }
    return .verdict(
      "dev-shm", "\(volume.freeByteCount.asBytes) free of \(volume.byteCount.asBytes)",
      isGood: volume.freeByteCount >= comfortableByteCount,
      hint: "named segments will not fit: mount -o remount,size=2g /dev/shm, or docker run"
        + " --shm-size=2g")
  }

  static func hugePages(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let choice = probe.choice("/sys/kernel/mm/transparent_hugepage/enabled") else {
      return .unavailable("thp", hint: "this kernel has no transparent huge pages")
    }
    return .verdict(
      "thp", choice, isGood: choice != "always",
      hint: "the kernel merges pages while a cell runs: echo madvise >"
        + " /sys/kernel/mm/transparent_hugepage/enabled")
  }

  /// Segments give no advice, so `advise` is as good as `never`.
  static func sharedHugePages(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let choice = probe.choice("/sys/kernel/mm/transparent_hugepage/shmem_enabled") else {
      return .unavailable("thp-shmem", hint: "this kernel has no huge pages for shared memory")
    }
    return .verdict(
      "thp-shmem", choice, isGood: ["always", "within_size", "force"].contains(choice),
      hint: "segments take 4 KiB pages, and large ones miss the TLB: echo within_size >"
        + " /sys/kernel/mm/transparent_hugepage/shmem_enabled")
  }

  static func reservedHugePages(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let count = probe.memory("HugePages_Total"), let each = probe.memory("Hugepagesize"),
      let total = probe.memory("MemTotal")
    else { return .unavailable("hugetlb", hint: "this kernel has no hugetlb pages") }
    guard count > 0 else { return .ok("hugetlb", "none reserved") }
    let reserved = count.multipliedOrLargest(by: each)
    return .verdict(
      "hugetlb", "\(count) pages of \(each.asBytes) reserved", isGood: reserved <= total / 2,
      hint: "more than half of the memory is set aside and no segment gets it: lower"
        + " vm.nr_hugepages")
  }

  static func overcommit(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let mode = probe.integer("/proc/sys/vm/overcommit_memory") else {
      return .unavailable("overcommit", hint: "the kernel does not say how it promises memory")
    }
    let names = [0: "heuristic", 1: "always", 2: "strict"]
    return .verdict(
      "overcommit", names[mode] ?? "mode \(mode)", isGood: mode != 2,
      hint: "large mappings fail though memory is free: sysctl vm.overcommit_memory=0")
  }

  static func balancing(_ probe: SystemProbe) -> MachineInfo.Check {
    guard let mode = probe.integer("/proc/sys/kernel/numa_balancing") else {
      return .unavailable("numa-balancing", hint: "this kernel does not move pages by itself")
    }
    return .verdict(
      "numa-balancing", mode == 0 ? "off" : "on", isGood: mode == 0,
      hint: "the kernel moves pages between nodes while a cell runs: sysctl"
        + " kernel.numa_balancing=0")
  }
}
