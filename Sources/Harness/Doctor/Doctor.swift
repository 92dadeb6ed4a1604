// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Topology

/// Looks at a machine for whatever bends a measurement or forbids it.
public struct Doctor: Sendable {
  public let probe: SystemProbe
  public let machine: Machine
  /// How long steal time is watched; shorter than a tick of all CPUs sees nothing.
  public var sample: Nanoseconds

  public init(
    machine: Machine, probe: SystemProbe = SystemProbe(), sample: Nanoseconds = .milliseconds(500)
  ) {
    self.machine = machine
    self.probe = probe
    self.sample = sample
  }

  /// Every check, in groups: activity, processor, clock, memory, kernel, binding. Takes `sample`.
  public func examine() -> Diagnosis {
    let first = ProcessorTimes(probe)
    pause()
    let last = ProcessorTimes(probe)
    return Diagnosis(
      checks: ActivityChecks.all(probe, from: first, to: last) + ProcessorChecks.all(probe)
        + ClockChecks.all(probe) + MemoryChecks.all(probe) + KernelChecks.all(probe)
        + BindingChecks.all(machine, probe),
      obstacles: obstacles())
  }

  /// What makes measuring impossible, each in one line with its remedy.
  private func obstacles() -> [String] {
    var obstacles: [String] = []
    for feature in [KernelChecks.Feature.memfd, .pidfd, .populate] {
      let check = KernelChecks.feature(feature, probe)
      if check.state == .bad, let hint = check.hint { obstacles.append(hint) }
    }
    if let reason = machine.whyUnavailable(.threadBinding) {
      obstacles.append("workers cannot be bound to CPUs: \(reason)")
    }
    let room = [probe.memory("MemAvailable"), ControlGroup(probe).memory?.headroom]
      .compactMap { $0 }.min()
    if let room, room < MemoryChecks.leastByteCount {
      obstacles.append(
        "\(room.asBytes) of memory are left, a run needs \(MemoryChecks.leastByteCount.asBytes):"
          + " free some or raise the container's limit")
    }
    return obstacles
  }

  /// A signal may end it early; the shares are right for any length.
  private func pause() { _ = weir_poll(nil, 0, Int64(sample.count)) }
}

/// What ``Doctor`` found.
public struct Diagnosis: Sendable {
  public var checks: [MachineInfo.Check]
  /// Why nothing can be measured here; empty when it can.
  public var obstacles: [String]
}
