// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
public import Transport

/// What a check found in one store.
public struct Finding: Sendable {
  public enum Verdict: Sendable {
    case held
    case violated
    /// It says nothing about this store; the reason is given.
    case notApplicable(String)
  }

  public let check: Check
  public let store: StoreKind
  public let verdict: Verdict
  /// Examples that were run.
  public let caseCount: Int
  /// The first violation, and the example it came up in.
  public let violation: Violation?
  public let example: Example?
  public let seconds: Double
}

/// Runs checks over stores, one example after the other, each under a watchdog.
public struct SuiteRun: Sendable {
  public var workshop: any Workshop
  public var effort: Effort
  public var seed: UInt64
  let peers: PeerPool

  /// - Parameters:
  ///   - workshop: makes the ends; the library's own by default.
  ///   - seed: of every random choice.
  public init(
    peers: PeerPool, workshop: any Workshop = LibraryWorkshop(), effort: Effort = Effort(),
    seed: UInt64 = 1
  ) {
    self.peers = peers
    self.workshop = workshop
    self.effort = effort
    self.seed = seed
  }

  /// Tries a check on every example of a store, up to the first violation.
  public func run(_ check: Check, on store: StoreKind) -> Finding {
    let start = MonotonicTime.nanoseconds()
    if let reason = check.exemption(store) ?? notNow(check) {
      return finding(check, store, .notApplicable(reason), 0, nil, nil, start)
    }
    var count = 0
    for example in check.examples(of: store) {
      count += 1
      if let violation = run(check, on: example) {
        return finding(check, store, .violated, count, violation, example, start)
      }
    }
    return finding(check, store, .held, count, nil, nil, start)
  }

  private func finding(
    _ check: Check, _ store: StoreKind, _ verdict: Finding.Verdict, _ count: Int,
    _ violation: Violation?, _ example: Example?, _ start: Int64
  ) -> Finding {
    Finding(
      check: check, store: store, verdict: verdict, caseCount: count, violation: violation,
      example: example, seconds: Double(MonotonicTime.nanoseconds() - start) / 1e9)
  }

  /// Tries a check on one example; nil when it held.
  public func run(_ check: Check, on example: Example) -> Violation? {
    let stage = Stage(example, seed: seed, effort: effort, workshop: workshop, peers: peers)
    let body = check.body
    do throws(SharedMemoryError) {
      let result = try Watchdog.run(seconds: check.patienceSeconds) { () throws(Violation) in
        try body(stage)
      }
      switch result {
      case .success: return nil
      case .failure(let violation): return violation
      case nil:
        return stage.violation("an end within \(check.patienceSeconds) s", "a hang")
      }
    } catch {
      return stage.violation("a thread to run the check on", error.description)
    }
  }

  /// Three copies: what is put, what is in the store, what is got.
  private static let hugeNeed = 4 * PayloadChecks.hugeByteCount

  private func notNow(_ check: Check) -> String? {
    guard check.id == "payload-huge" else { return nil }
    guard effort.isHuge else { return "only with --huge" }
    guard let available = MemoryBudget.availableByteCount(), available < Self.hugeNeed else {
      return nil
    }
    return "\(Self.hugeNeed >> 30) GiB of memory are needed, \(available >> 30) are available"
  }
}
