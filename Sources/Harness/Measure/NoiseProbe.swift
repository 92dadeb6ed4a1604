// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A reading of what the kernel counts against this process; the difference of two is its noise.
struct NoiseProbe {
  private let usage: rusage
  private let runDelay: Int?

  init() {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    self.usage = usage
    // Second word: nanoseconds spent runnable but not running.
    runDelay = SystemFile.integer("/proc/self/schedstat", label: "", word: 1)
  }

  /// What happened between this reading and a later one.
  func difference(to later: NoiseProbe) -> Noise {
    Noise(
      runDelay: runDelay.flatMap { first in later.runDelay.map { $0 - first } },
      voluntarySwitches: later.usage.ru_nvcsw - usage.ru_nvcsw,
      involuntarySwitches: later.usage.ru_nivcsw - usage.ru_nivcsw,
      minorFaults: later.usage.ru_minflt - usage.ru_minflt,
      majorFaults: later.usage.ru_majflt - usage.ru_majflt)
  }

  /// Time the hypervisor took from all CPUs since boot; nil where the kernel does not say.
  static func stealNanoseconds() -> Int? {
    SystemFile.integer("/proc/stat", label: "cpu ", word: 7).map {
      $0 * (1_000_000_000 / sysconf(CInt(_SC_CLK_TCK)))
    }
  }
}
