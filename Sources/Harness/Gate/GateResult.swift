// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Everything a gate found, and what it found it by.
public struct GateResult: Encodable, Sendable {
  public static let schema = "weir-gate/1"

  public var name: String
  public var rules: GateRules
  public var seed: Int
  public var budget: Nanoseconds
  public var builds: [Build] = []
  public var cells: [GateCell] = []
  public var looks = 0
  public var elapsed = Nanoseconds(0)
  public var notes: [String] = []
  /// What ended it early.
  public var failure: GateError?

  /// A build, as it introduced itself.
  public struct Build: Encodable, Sendable {
    public var side: GateSide
    public var hello: LaunchHello
  }

  init(name: String, rules: GateRules, seed: Int, budget: Nanoseconds) {
    self.name = name
    self.rules = rules
    self.seed = seed
    self.budget = budget
  }
}

/// One cell of a gate.
public struct GateCell: Encodable, Sendable {
  public var cell: Cell
  public var metric: PrimaryMetric?
  /// Why it was not compared, if it was not.
  public var absence: Absence?
  /// Nil before the first look.
  public var state: GateCellState?
  public var rounds: [GateRound] = []

  public enum Absence: Hashable, Sendable {
    case skipped(String)
    case baseLacks(String)
    case headLacks(String)

    var reason: String {
      switch self {
      case .skipped(let reason): "skipped: \(reason)"
      case .baseLacks(let reason): "missing in base: \(reason)"
      case .headLacks(let reason): "missing in head: \(reason)"
      }
    }
  }

  private enum CodingKeys: String, CodingKey {
    case id, metric, absence, result, rounds
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cell.id, forKey: .id)
    try values.encode(metric, forKey: .metric)
    try values.encode(absence?.reason, forKey: .absence)
    try values.encode(state, forKey: .result)
    try values.encode(rounds, forKey: .rounds)
  }
}

extension GateResult {
  /// What became of the gate, apart from how a caller weighs it.
  public var findings: Set<GateFinding> {
    var findings: Set<GateFinding> = []
    if let finding = failure?.finding { findings.insert(finding) }
    for cell in cells {
      switch cell.absence {
      case .baseLacks: findings.insert(.baseMissing)
      case .headLacks: findings.insert(.capabilityMissing)
      case .skipped: continue
      case nil: findings.formUnion(Self.findings(cell.state))
      }
    }
    if !cells.contains(where: { $0.absence == nil }) { findings.insert(.capabilityMissing) }
    return findings
  }

  private static func findings(_ state: GateCellState?) -> [GateFinding] {
    guard let state else { return [.inconclusive] }
    if state.controlDiffers { return [.invalid] }
    return switch state.verdict {
    case .slower: [.regression]
    case .faster: [.improvement]
    case .same: []
    case .inconclusive: [.inconclusive]
    }
  }

  /// The gravest finding; nil for a gate that passed.
  ///
  /// - Parameters:
  ///   - strict: whether an improvement is a finding.
  ///   - failsInconclusive: whether a cell that stayed undecided is one.
  public func finding(strict: Bool, failsInconclusive: Bool) -> GateFinding? {
    var findings = findings
    if !strict { findings.remove(.improvement) }
    if !failsInconclusive { findings.remove(.inconclusive) }
    return GateFinding.gravest(findings)
  }

  private enum CodingKeys: String, CodingKey {
    case schema, name, rules, seed, builds, cells, looks, notes, failure, findings
    case budget = "budget_ns"
    case elapsed = "elapsed_ns"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schema, forKey: .schema)
    try values.encode(name, forKey: .name)
    try values.encode(rules, forKey: .rules)
    try values.encode(seed, forKey: .seed)
    try values.encode(builds, forKey: .builds)
    try values.encode(cells, forKey: .cells)
    try values.encode(looks, forKey: .looks)
    try values.encode(notes, forKey: .notes)
    try values.encode(failure?.description, forKey: .failure)
    try values.encode(findings.map { "\($0)" }.sorted(), forKey: .findings)
    try values.encode(budget, forKey: .budget)
    try values.encode(elapsed, forKey: .elapsed)
  }
}
