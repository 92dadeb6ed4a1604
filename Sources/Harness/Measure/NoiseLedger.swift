// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// Reads what the kernel counts against all workers of a launch, for the thread that cuts its slices.
///
/// The files stay open: a reading of two workers takes a fraction of a millisecond, and none is taken
/// while a slice is open.
final class NoiseLedger {
  private let threads: [ThreadCounters]
  private let machine: MachineCounters
  private let text = CounterText()

  /// - Parameters:
  ///   - processes: the workers; their threads are those they have now.
  ///   - cpus: those that the workers may use.
  init(processes: [UInt32], cpus: CPUSet) {
    threads = processes.flatMap { ThreadCounters.all(of: $0) }
    machine = MachineCounters(cpus: cpus)
  }

  /// All counters as they stand.
  func reading() -> Noise {
    let each = threads.map { $0.reading(text) }
    var noise = each.dropFirst().reduce(each.first ?? Noise(), +)
    let machine = machine.reading(text)
    noise.steal = machine.steal
    noise.interrupts = machine.interrupts
    noise.cpuPressure = machine.cpuPressure
    noise.memoryPressure = machine.memoryPressure
    noise.ioPressure = machine.ioPressure
    return noise
  }
}
