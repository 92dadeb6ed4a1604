// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// What waiting costs on this machine: the two prices between which spin-then-park chooses.
public struct WaitCosts: Hashable, Sendable {
  /// One poll with its pause.
  public var pollNanoseconds: Double
  /// From the call that wakes a sleeper on another CPU until it runs.
  public var wakeNanoseconds: Double

  public init(pollNanoseconds: Double, wakeNanoseconds: Double) {
    self.pollNanoseconds = pollNanoseconds
    self.wakeNanoseconds = wakeNanoseconds
  }

  /// Measured once per process, when first asked for, on two of the CPUs that the process may use then:
  /// about five milliseconds. Nil where there is one CPU only, or no thread can be had.
  public static let measured: WaitCosts? = measure()

  /// Polls that take as long as a sleep and its wake-up: whoever gives up then has lost at most twice
  /// what the better choice would have cost, whenever the other end comes. After A. Karlin, K. Li, M.
  /// Manasse and S. Owicki, "Empirical studies of competitive spinning for a shared-memory
  /// multiprocessor" (SOSP 1991).
  public var balancedSpins: UInt32 {
    let spins = wakeNanoseconds / max(pollNanoseconds, 0.1)
    return UInt32(min(max(spins, Self.fewestSpins), Self.mostSpins))
  }

  /// A hand-off between two busy cores takes a few hundred polls on the largest machines.
  private static let fewestSpins = 512.0
  /// Against a machine that was too busy to be measured.
  private static let mostSpins = 65_536.0

  private static func measure() -> WaitCosts? {
    guard let cpus = twoCPUs(), let wake = WakeProbe.nanoseconds(cpus) else { return nil }
    return WaitCosts(pollNanoseconds: pollCost(), wakeNanoseconds: wake)
  }

  /// Two CPUs that this thread may run on.
  private static func twoCPUs() -> (Int, Int)? {
    var words = [UInt64](repeating: 0, count: 16)
    guard unsafe weir_get_affinity(0, &words, words.count) == 0 else { return nil }
    let cpus = (0..<words.count * 64).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 != 0 }
    return cpus.count > 1 ? (cpus[0], cpus[1]) : nil
  }

  /// The least of several tries: what comes in between only adds.
  private static func pollCost() -> Double {
    let polls = 256
    return (0..<8).map { _ in
      let start = MonotonicTime.nanoseconds()
      for _ in 0..<polls { weir_cpu_relax() }
      return Double(MonotonicTime.nanoseconds() - start) / Double(polls)
    }.min() ?? 1
  }
}

/// A thread that sleeps, and one on another CPU that wakes it and polls for its answer.
private final class WakeProbe: Sendable {
  private let segment: Segment
  private let question: SharedUInt32
  private let answer: SharedUInt32
  private let times = Guarded<[Int64]>([])

  private static let rounds: UInt32 = 25
  /// How long the sleeper is left asleep: a CPU that has just gone idle wakes sooner than a sleeper who
  /// waits for something that takes longer than a poll will find it.
  private static let sleepNanoseconds: Int64 = 100_000
  /// A thread that does not answer within that has been stopped, or worse.
  private static let patienceNanoseconds: Int64 = 100_000_000

  private init() throws(SharedMemoryError) {
    segment = try Segment.create(byteCount: Segment.pageByteCount, label: "wait-costs")
    question = segment.uint32(at: 0)
    answer = segment.uint32(at: 128)
  }

  /// The median time from the call that wakes until the sleeper has answered; nil when it could not be
  /// measured.
  static func nanoseconds(_ cpus: (Int, Int)) -> Double? {
    guard let probe = try? WakeProbe(), let sleeper = try? NativeThread({ probe.sleep(on: cpus.1) })
    else { return nil }
    let waker = try? NativeThread { probe.wake(on: cpus.0) }
    if let waker { waker.join() }
    sleeper.join()
    let sorted = probe.times.withLock { $0.sorted() }
    return sorted.count == Int(rounds) ? Double(sorted[sorted.count / 2]) : nil
  }

  private func wake(on cpu: Int) {
    Self.bind(cpu)
    for round in 1...Self.rounds {
      let start = MonotonicTime.nanoseconds() + Self.sleepNanoseconds
      while MonotonicTime.nanoseconds() < start { weir_cpu_relax() }
      let begin = MonotonicTime.nanoseconds()
      question.storeRelease(round)
      question.wakeAll()
      // Acquire: pairs with the release of the answer.
      while answer.loadAcquire() != round {
        guard MonotonicTime.nanoseconds() - begin < Self.patienceNanoseconds else { return }
        weir_cpu_relax()
      }
      let time = MonotonicTime.nanoseconds() - begin
      times.withLock { $0.append(time) }
    }
  }

  private func sleep(on cpu: Int) {
    Self.bind(cpu)
    for round in 1...Self.rounds {
      // Acquire: pairs with the release of the question.
      var seen = question.loadAcquire()
      while seen != round {
        let outcome = question.wait(while: seen, timeoutNanoseconds: Self.patienceNanoseconds)
        if outcome == .timedOut, question.loadAcquire() == seen { return }
        seen = question.loadAcquire()
      }
      answer.storeRelease(round)
    }
  }

  /// Binds the calling thread, which ends with the measurement; a refusal leaves it where it is.
  private static func bind(_ cpu: Int) {
    var words = [UInt64](repeating: 0, count: 16)
    words[cpu / 64] = 1 << UInt64(cpu % 64)
    _ = unsafe weir_set_affinity(words, words.count)
  }
}
