// SPDX-License-Identifier: Apache-2.0
//
// What limits a cell, said by rules from what its run knows: no rule measures anything, and none
// speaks where its evidence was not recorded. B. Gregg's "why not double?", answered per cell.

/// Why a cell is as fast as it is, how far its numbers can be trusted, and what to try next.
public struct Explanation: Hashable, Sendable, Encodable {
  /// One thing that a rule found.
  public struct Finding: Hashable, Sendable, Encodable {
    public let cause: Cause
    /// A sentence with the figures that the rule saw.
    public let text: String
    /// What to try; nil where nothing can be tried.
    public let remedy: String?

    init(_ cause: Cause, _ text: String, remedy: String? = nil) {
      self.cause = cause
      self.text = text
      self.remedy = remedy
    }
  }

  public enum Cause: String, Codable, Sendable, CaseIterable {
    /// It did not run, or its numbers do not count.
    case status
    /// The bytes are moved about as fast as memcpy moves them.
    case copy
    /// A small message costs what the plainest ring pays for handing it over.
    case handOver = "hand-over"
    /// A message takes about as long as a bare exchange between the same CPUs.
    case exchange
    case wakeUps = "wake-ups"
    case producerCPU = "producer-cpu"
    case customerCPU = "customer-cpu"
    /// CPUs are the limit, but not which end's.
    case processor = "cpu"
    case serializer
    case faults
    case backpressure
    /// An open load was started late.
    case generator
    /// The number is better than the machine can do.
    case aboveRoof = "above-roof"
    case hostRegime = "host-regime"
    case steal
    case runDelay = "run-delay"
    case quarantine
    case precision
    case drift
    /// Launches differ more than the slices within them.
    case launches
    case guideline
  }

  /// The id of the cell.
  public let cell: String
  public let status: CellStatus
  /// What it does, a line for each figure.
  public let figures: [String]
  /// What bounds it, the surest first.
  public let limits: [Finding]
  /// What speaks against its numbers.
  public let doubts: [Finding]
  /// Comparisons with other cells of the run that came out the wrong way round.
  public let violations: [Finding]
  /// Comparisons that came out as they should, or could not be told apart.
  public let kept: Int
  /// Comparisons for which one side has too few launches.
  public let incomparable: Int
  /// Slices that do not count, with the reason each.
  public let quarantined: [String]
  /// Evidence that was not recorded, so that its rules kept silent.
  public let unavailable: [String]

  /// What to try, each once.
  public var remedies: [String] {
    (limits + doubts + violations).compactMap(\.remedy).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  private enum CodingKeys: String, CodingKey {
    case cell, status, figures, limits, doubts, violations, kept, incomparable, quarantined
    case unavailable, remedies
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cell, forKey: .cell)
    try values.encode(status, forKey: .status)
    try values.encode(figures, forKey: .figures)
    try values.encode(limits, forKey: .limits)
    try values.encode(doubts, forKey: .doubts)
    try values.encode(violations, forKey: .violations)
    try values.encode(kept, forKey: .kept)
    try values.encode(incomparable, forKey: .incomparable)
    try values.encode(quarantined, forKey: .quarantined)
    try values.encode(unavailable, forKey: .unavailable)
    try values.encode(remedies, forKey: .remedies)
  }
}

extension Explanation.Finding {
  private enum CodingKeys: String, CodingKey { case cause, text, remedy }

  /// A finding without a remedy says null, as everything here that is not known.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cause, forKey: .cause)
    try values.encode(text, forKey: .text)
    try values.encode(remedy, forKey: .remedy)
  }
}

extension Explanation {
  init(_ evidence: CellEvidence) {
    let cell = evidence.runCell
    self.cell = cell.cell.id
    status = cell.status
    figures = evidence.figures
    quarantined = evidence.quarantined
    guard cell.status == .ok else {
      limits = [StatusRule.finding(cell)]
      (doubts, violations, kept, incomparable) = ([], [], 0, 0)
      unavailable = []
      return
    }
    var missing: [String] = []
    limits = LimitRules.all.compactMap { $0(evidence, &missing) }
    doubts = DoubtRules.all.compactMap { $0(evidence, &missing) }
    let comparison = GuidelineCheck(evidence)
    violations = comparison.violations
    (kept, incomparable) = (comparison.kept, comparison.incomparable)
    unavailable = missing
  }
}

/// For a cell without numbers there is only the reason.
enum StatusRule {
  static func finding(_ cell: RunCell) -> Explanation.Finding {
    let reason = cell.summary.reason ?? "no reason given"
    return .init(.status, "\(cell.status.rawValue): \(reason)", remedy: remedy(cell))
  }

  private static func remedy(_ cell: RunCell) -> String? {
    switch cell.status {
    case .ok: nil
    case .skipped: "choose what this machine and this store can do: `weir list cells` shows both"
    case .failed: "run the cell alone with `weir run JOB --only ID`, and read what its worker says"
    case .invalid where cell.summary.integrity.complaint != nil:
      "prove the store with `weir check` before any number of it is used"
    case .invalid where cell.cell.load != .closed:
      "offer less: the highest rate that it sustains lies below this one"
    case .invalid: "run it again with what the reason names put right"
    }
  }
}
