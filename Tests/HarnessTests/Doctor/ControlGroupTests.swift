// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ControlGroupTests {
  private func group(_ files: [String: String]) throws -> ControlGroup.MemoryLimit? {
    let root = try FakeRoot(files)
    return ControlGroup(root.probe).memory
  }

  @Test func theTightestLimitOnTheWayUpBinds() throws {
    let limit = try group([
      "/proc/self/cgroup": "0::/outer/inner",
      "/sys/fs/cgroup/outer/memory.max": "1000", "/sys/fs/cgroup/outer/memory.current": "900",
      "/sys/fs/cgroup/outer/inner/memory.max": "500",
      "/sys/fs/cgroup/outer/inner/memory.current": "10",
    ])
    #expect(limit == .init(byteCount: 1000, usedByteCount: 900))
    #expect(limit?.headroom == 100)
  }

  @Test func insideAContainerTheMountItselfIsTheGroup() throws {
    let limit = try group([
      "/proc/self/cgroup": "0::/host/only/path", "/sys/fs/cgroup/memory.max": "4096",
    ])
    #expect(limit == .init(byteCount: 4096, usedByteCount: 0))
  }

  @Test func versionOneSpellsNoLimitAsANumber() throws {
    var files = [
      "/proc/self/cgroup": "4:cpu,memory:/a",
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712",
    ]
    #expect(try group(files) == nil)
    files["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = "8192"
    #expect(try group(files)?.byteCount == 8192)
  }

  @Test func noLimitIsNone() throws {
    #expect(try group([:]) == nil)
    #expect(try group(["/sys/fs/cgroup/memory.max": "max"]) == nil)
  }

  @Test(
    arguments: [
      (["/sys/fs/cgroup/cpu.max": "max 100000"], nil),
      (["/sys/fs/cgroup/cpu.max": "200000 100000"], 2.0),
      (["/sys/fs/cgroup/cpu.max": "200000 0"], nil),
      (["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1"], nil),
      (
        [
          "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000",
          "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
        ], 0.5
      ),
    ] as [([String: String], Double?)])
  func quota(files: [String: String], cpus: Double?) throws {
    let root = try FakeRoot(files)
    #expect(ControlGroup(root.probe).cpuQuota == cpus)
  }
}
