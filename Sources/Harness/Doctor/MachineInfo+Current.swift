// SPDX-License-Identifier: Apache-2.0
public import Topology

extension MachineInfo {
  /// The machine this process runs on, with everything ``Doctor`` has to say about it.
  ///
  /// - Parameters:
  ///   - machine: gives the fingerprint, the processor's name and what there is to count.
  ///   - probe: where the kernel's files are read.
  ///   - sample: how long steal time is watched.
  public static func current(
    machine: Machine, probe: SystemProbe = SystemProbe(),
    sample: Nanoseconds = .milliseconds(500)
  ) -> MachineInfo {
    let diagnosis = Doctor(machine: machine, probe: probe, sample: sample).examine()
    return MachineInfo(machine: machine, probe: probe, checks: diagnosis.checks)
  }

  /// - Parameter checks: those of a diagnosis made of the same machine.
  public init(machine: Machine, probe: SystemProbe, checks: [Check]) {
    let release = probe.text("/proc/sys/kernel/osrelease").map { " \($0)" } ?? ""
    self.init(
      fingerprint: machine.fingerprint, kernel: "Linux\(release)",
      cpu: machine.cpuModel ?? probe.field("/proc/cpuinfo", "model name") ?? "unknown processor",
      logicalCPUs: machine.onlineCPUs.count, numaNodes: machine.numaNodes.count,
      memory: probe.memory("MemTotal"), hypervisor: ProcessorChecks.hypervisorName(probe),
      checks: checks, topology: machine.record)
  }
}
