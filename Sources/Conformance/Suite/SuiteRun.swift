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

  /// The check's id.
  public let check: String
  public let statement: String
  public let store: String
  public private(set) var verdict = Verdict.held
  /// Examples that were run.
  public private(set) var caseCount = 0
  /// The first violation, and the example it came up in.
  public private(set) var violation: Violation?
  public private(set) var example: String?
  public private(set) var seconds = 0.0

  /// Tries examples one after the other, up to the first violation.
  /// - Parameter exemption: why the check says nothing about the store; nil when it does.
  package init<Example: CustomStringConvertible>(
    check: String, statement: String, store: String, exemption: String?, of examples: [Example],
    _ violation: (Example) -> Violation?
  ) {
    self.check = check
    self.statement = statement
    self.store = store
    if let exemption {
      verdict = .notApplicable(exemption)
      return
    }
    let start = MonotonicTime.nanoseconds()
    for example in examples {
      caseCount += 1
      guard let found = violation(example) else { continue }
      verdict = .violated
      self.violation = found
      self.example = "\(example)"
      break
    }
    seconds = Double(MonotonicTime.nanoseconds() - start) / 1e9
  }
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
    Finding(
      check: check.id, statement: check.statement, store: store.rawValue,
      exemption: check.exemption(store) ?? notNow(check), of: check.examples(of: store)
    ) { run(check, on: $0) }
  }

  /// Tries a check on one example; nil when it held.
  public func run(_ check: Check, on example: Example) -> Violation? {
    let stage = Stage(example, seed: seed, effort: effort, workshop: workshop, peers: peers)
    let body = check.body
    return Watchdog.violation(
      within: check.patienceSeconds, { stage.violation($0, $1) },
      { () throws(Violation) in try body(stage) })
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
