// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory
internal import Synchronization
public import Transport

/// What many trials came to.
public struct CrashReport: Sendable {
  public struct Failure: Sendable {
    /// To repeat it: `--trial`.
    public let trial: Int
    public let violation: Violation
  }

  public let store: StoreKind
  public let seed: UInt64
  public internal(set) var trials = 0
  /// Kills by victim, and by what the victim was doing: `customer/waiting`.
  public internal(set) var kills: [String: Int] = [:]
  public internal(set) var failures: [Failure] = []
  /// What this process did not let go, when all was over; nil when nothing is left.
  public internal(set) var leftover: String?
  public internal(set) var seconds = 0.0
}

/// Kills producers and customers at random moments and looks at the survivors.
public struct CrashTrials: Sendable {
  let store: StoreKind
  let seed: UInt64
  let peers: PeerPool

  /// - Parameter store: queue or shm; a list's ends share one process's fate.
  public init(store: StoreKind, seed: UInt64, peers: PeerPool) {
    self.store = store
    self.seed = seed
    self.peers = peers
  }

  /// Trials in flight at once: a trial mostly waits for its processes.
  private static let laneCount = 2
  /// Trials that fail before the rest is given up: each may cost its patience.
  private static let mostFailures = 10

  private final class Tally: Sendable {
    let report: Guarded<CrashReport>
    let next: Atomic<Int>

    init(_ report: CrashReport, from first: Int) {
      self.report = Guarded(report)
      next = Atomic(first)
    }
  }

  /// - Parameters:
  ///   - numbers: of the trials; one number repeats one trial.
  ///   - progress: told the number of trials done, from several threads.
  public func run(
    _ numbers: Range<Int>, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> CrashReport {
    let start = MonotonicTime.nanoseconds()
    let (descriptors, children) = (Leftovers.descriptors(of: "self").count, Leftovers.childCount())
    let tally = Tally(CrashReport(store: store, seed: seed), from: numbers.lowerBound)
    var lanes: [ThreadBox] = []
    for _ in 0..<min(Self.laneCount, numbers.count) {
      if let lane = try? ThreadBox({ work(tally, numbers.upperBound, progress) }) {
        lanes.append(lane)
      }
    }
    for lane in lanes { lane.join() }
    peers.close()
    var report = tally.report.withLock { $0 }
    let left = Leftovers.descriptors(of: "self").count - descriptors
    let orphans = Leftovers.childCount() - children
    if left > 0 || orphans > 0 { report.leftover = "\(left) descriptors, \(orphans) processes" }
    report.seconds = Double(MonotonicTime.nanoseconds() - start) / 1e9
    return report
  }

  private func work(_ tally: Tally, _ end: Int, _ progress: @Sendable (Int) -> Void) {
    while true {
      let trial = tally.next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard trial < end else { return }
      let plan = CrashPlan(store: store, seed: seed, trial: trial)
      let result: Result<CrashTrial.Outcome, Violation>
      do throws(Violation) {
        result = .success(try CrashTrial(plan, seed: seed).run(peers))
      } catch {
        result = .failure(error)
      }
      let (done, isHopeless) = tally.report.withLock { report in
        report.trials += 1
        switch result {
        case .success(let outcome):
          report.kills["\(plan.victim)/\(outcome.phase.name)", default: 0] += 1
        case .failure(let violation):
          report.failures.append(.init(trial: trial, violation: violation))
        }
        return (report.trials, report.failures.count >= Self.mostFailures)
      }
      progress(done)
      if isHopeless { return }
    }
  }
}

extension CrashReport {
  /// What a victim can be doing, in the order of its life.
  public static var phases: [String] { PeerBoard.Phase.allCases.map(\.name) }
}
