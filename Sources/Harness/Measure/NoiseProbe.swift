// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory

/// A reading of what the kernel counts against this process; the difference of two is its noise.
struct NoiseProbe {
  private let usage: rusage
  private let threads: Noise
  private let alive: Set<String>
  private let time: Int64

  init() {
    time = MonotonicTime.nanoseconds()
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    self.usage = usage
    let text = CounterText()
    let counters = ThreadCounters.all(of: UInt32(getpid()))
    let each = counters.map { $0.reading(text) }
    threads = each.dropFirst().reduce(each.first ?? Noise(), +)
    alive = Set(counters.map(\.thread))
  }

  /// What happened between this reading and a later one.
  func difference(to later: NoiseProbe) -> Noise {
    // What a thread counted goes with it, and a sum without it would say too little. One that has come
    // meanwhile began with nothing.
    let threads = alive.isSubset(of: later.alive) ? later.threads - threads : Noise()
    return Noise(
      runDelay: threads.runDelay,
      voluntarySwitches: later.usage.ru_nvcsw - usage.ru_nvcsw,
      involuntarySwitches: later.usage.ru_nivcsw - usage.ru_nivcsw, migrations: threads.migrations,
      minorFaults: later.usage.ru_minflt - usage.ru_minflt,
      majorFaults: later.usage.ru_majflt - usage.ru_majflt)
  }

  /// Processor time that this process took until a later reading, over the time that passed.
  func busyCores(until later: NoiseProbe) -> Double? {
    let elapsed = Double(later.time - time)
    return elapsed > 0 ? (later.processorNanoseconds - processorNanoseconds) / elapsed : nil
  }

  private var processorNanoseconds: Double {
    let (user, system) = (usage.ru_utime, usage.ru_stime)
    return Double(user.tv_sec + system.tv_sec) * 1e9 + Double(user.tv_usec + system.tv_usec) * 1e3
  }
}
