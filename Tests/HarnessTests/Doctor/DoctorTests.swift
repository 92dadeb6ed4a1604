// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

@testable import Harness

@Suite struct DoctorTests {
  private static let kernel = "/proc/sys/kernel/osrelease"
  private static let plenty = "MemTotal: 8388608 kB\nMemAvailable: 8388608 kB"

  private func diagnosis(_ files: [String: String]) throws -> Diagnosis {
    let root = try FakeRoot(files)
    return Doctor(machine: try .current(), probe: root.probe, sample: Nanoseconds(1)).examine()
  }

  @Test func everyCheckHasItsOwnNameAndAReasonUnlessItIsFine() throws {
    let checks = try diagnosis([:]).checks
    #expect(Set(checks.map(\.name)).count == checks.count)
    for check in checks where check.state != .ok {
      #expect(check.hint?.isEmpty == false, "\(check.name)")
      #expect(check.hint?.contains("\n") == false, "\(check.name)")
    }
  }

  @Test func oldKernelsAndEmptyMachinesCannotMeasure() throws {
    let old = try diagnosis([Self.kernel: "5.4.0", "/proc/meminfo": Self.plenty])
    #expect(old.obstacles == ["touching memory before the clock runs needs Linux 5.14 or newer"])
    let empty = try diagnosis([
      Self.kernel: "6.1.0", "/proc/meminfo": "MemTotal: 8388608 kB\nMemAvailable: 1024 kB",
    ])
    #expect(empty.obstacles.count == 1)
    #expect(empty.obstacles.first?.contains("1.00 MiB of memory are left") == true)
    let boxed = try diagnosis([
      Self.kernel: "6.1.0", "/proc/meminfo": Self.plenty, "/sys/fs/cgroup/memory.max": "1048576",
    ])
    #expect(boxed.obstacles.count == 1)
    #expect(try diagnosis([Self.kernel: "6.1.0", "/proc/meminfo": Self.plenty]).obstacles.isEmpty)
  }

  @Test func aDescribedMachineCannotMeasure() throws {
    let root = try FakeRoot([Self.kernel: "6.1.0", "/proc/meminfo": Self.plenty])
    let machine = try Machine(synthetic: "numa:2 core:2 pu:1")
    let diagnosis = Doctor(machine: machine, probe: root.probe, sample: Nanoseconds(1)).examine()
    #expect(diagnosis.obstacles.count == 1)
    let states = Dictionary(uniqueKeysWithValues: diagnosis.checks.map { ($0.name, $0.state) })
    #expect(states["thread-binding"] == .unavailable)
    #expect(states["numa-nodes"] == .ok)
    let single = try Machine(synthetic: "core:2 pu:1")
    #expect(BindingChecks.nodes(single).state == .unavailable)
  }

  @Test func gnuplotIsLookedForOnThePath() throws {
    let root = try FakeRoot(["/usr/bin/gnuplot": "#!"])
    #expect(BindingChecks.gnuplot(root.probe).state == .unavailable)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: root.path + "/usr/bin/gnuplot")
    #expect(BindingChecks.gnuplot(root.probe).state == .ok)
  }

  @Test func thisMachineIsDescribed() throws {
    let machine = try Machine.current()
    let info = MachineInfo.current(machine: machine, sample: Nanoseconds(1))
    #expect(info.fingerprint == machine.fingerprint)
    #expect(info.kernel.hasPrefix("Linux "))
    #expect(info.logicalCPUs == machine.onlineCPUs.count)
    #expect((info.memory ?? 0) > 1 << 20)
    #expect(info.checks.contains { $0.name == "clock-source" })
  }

  @Test func anUnknownMachineIsUnknownAndNotZero() throws {
    let machine = try Machine(synthetic: "core:2 pu:1")
    let info = MachineInfo(machine: machine, probe: try FakeRoot().probe, checks: [])
    #expect(info.cpu == "unknown processor")
    #expect(info.kernel == "Linux")
    #expect(info.memory == nil)
    #expect(info.hypervisor == nil)
  }
}
