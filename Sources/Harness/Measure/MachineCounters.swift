// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Topology

/// What the kernel counts for the whole machine, and for the CPUs that a launch uses.
final class MachineCounters {
  private let cpus: CPUSet
  private let times = CounterFile("/proc/stat")
  private let interrupts = CounterFile("/proc/interrupts")
  private let cpuPressure = CounterFile("/proc/pressure/cpu")
  private let memoryPressure = CounterFile("/proc/pressure/memory")
  private let ioPressure = CounterFile("/proc/pressure/io")
  /// The kernel counts stolen time in these, of 10 ms as a rule.
  private static let nanosecondsPerTick = 1_000_000_000 / sysconf(CInt(_SC_CLK_TCK))

  init(cpus: CPUSet) { self.cpus = cpus }

  /// The counters as they stand; a difference of two readings is noise.
  func reading(_ text: CounterText) -> Noise {
    var noise = Noise(steal: times?.read(into: text) == true ? steal(text) : nil)
    noise.interrupts =
      interrupts?.read(into: text) == true ? text.interrupts(of: cpus.words) : nil
    noise.cpuPressure = Self.pressure(cpuPressure, text)
    noise.memoryPressure = Self.pressure(memoryPressure, text)
    noise.ioPressure = Self.pressure(ioPressure, text)
    return noise
  }

  /// Of all CPUs in use together; nil when one of them is not listed.
  private func steal(_ text: CounterText) -> Int? {
    var sum = 0
    for cpu in cpus {
      // user nice system idle iowait irq softirq steal
      guard let ticks = text.number("cpu\(cpu) ", at: 7) else { return nil }
      sum += ticks * Self.nanosecondsPerTick
    }
    return sum
  }

  /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, in microseconds.
  private static func pressure(_ file: CounterFile?, _ text: CounterText) -> Int? {
    guard file?.read(into: text) == true else { return nil }
    return text.number("some ", at: 9).map { $0 * 1000 }
  }
}
