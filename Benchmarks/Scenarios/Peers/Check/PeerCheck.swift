// SPDX-License-Identifier: Apache-2.0
internal import Conformance
internal import Harness

/// One property of a peer's channel, and how to look for its violation.
struct PeerCheck: Sendable {
  /// Lower-case words joined by `-`.
  let id: String
  /// The property, in one line.
  let statement: String
  /// Lengths of the messages it is tried with, as far as a peer takes them.
  let sizes: [Int]
  /// Why it says nothing about a peer; nil when it does.
  let exemption: @Sendable (PeerKind) -> String?
  let body: @Sendable (PeerTrial) throws(Violation) -> Void

  init(
    _ id: String, _ statement: String, sizes: [Int] = [64, 4096],
    exemption: @escaping @Sendable (PeerKind) -> String? = { _ in nil },
    _ body: @escaping @Sendable (PeerTrial) throws(Violation) -> Void
  ) {
    self.id = id
    self.statement = statement
    self.sizes = sizes
    self.exemption = { kind in
      kind.plugin?.isNull == true ? "it moves nothing" : exemption(kind)
    }
    self.body = body
  }

  /// What it is run for: every way of waiting, with every size that the peer takes.
  func examples(of kind: PeerKind) -> [PeerTerms] {
    let backend = kind.backend
    guard exemption(kind) == nil, backend.unavailable == nil else { return [] }
    let most = backend.maximumMessage?.bytes ?? .max
    // The largest that it declares belongs to what it declares.
    let limits = sizes.contains { $0 > most } ? [most] : []
    let depth = min(Self.depth, backend.maximumDepth ?? Self.depth)
    return backend.waits.flatMap { wait in
      (sizes.filter { $0 <= most } + limits).map { size in
        var terms = PeerTerms(kind, byteCount: size, depth: depth, spins: wait == "spin")
        terms.wait = wait
        return terms
      }
    }
  }

  /// Messages that a channel is asked to hold.
  static let depth = 8
}

/// One run of a check.
struct PeerTrial: Sendable {
  let terms: PeerTerms
  let seed: UInt64
  let cast: any PeerCast

  var stage: PeerStage { PeerStage(terms: terms) }

  /// Where the ends of an unharmed channel are played.
  var scenes: [PeerScene] {
    terms.kind.isInProcess ? [.threads] : [.threads] + PeerEnd.allCases.map { .remote($0) }
  }

  func violation(_ expected: String, _ found: String) -> Violation {
    Violation(expected: expected, found: found, seed: seed)
  }

  func expect(
    _ isTrue: Bool, _ expected: @autoclosure () -> String, found: @autoclosure () -> String
  ) throws(Violation) {
    if !isTrue { throw violation(expected(), found()) }
  }

  /// Plays both ends to their end. What nobody may do is a violation already.
  func play(
    _ scene: PeerScene, _ change: (inout PeerStage) -> Void
  ) throws(Violation) -> PeerStage.Outcomes {
    var stage = stage
    change(&stage)
    let outcomes: PeerStage.Outcomes
    do {
      outcomes = try cast.play(stage, scene)
    } catch {
      throw violation("a channel, \(scene)", "\(error)")
    }
    for (end, outcome) in [("sender", outcomes.sender), ("receiver", outcomes.receiver)] {
      if let trouble = outcome.trouble {
        throw violation("a \(end) without trouble, \(scene)", trouble)
      }
    }
    return outcomes
  }

  /// A whole stream of `count` messages that both ends saw to its end.
  func expectWhole(
    _ count: UInt64, _ outcomes: PeerStage.Outcomes, _ scene: PeerScene
  ) throws(Violation) {
    for outcome in [outcomes.sender, outcomes.receiver] {
      try expect(
        outcome.farewell == nil, "a stream that ends, \(scene)", found: outcome.farewell ?? "")
    }
    try expectIntact(outcomes.receiver, scene)
    let mayLose = terms.kind.plugin?.promises(.exactlyOnce) == false
    try expect(
      outcomes.receiver.count == count || mayLose, "\(count) messages, \(scene)",
      found: "\(outcomes.receiver.count)")
  }

  /// What was received is what was sent, from the first on, whatever is missing at the end.
  func expectIntact(_ outcome: PeerStage.Outcome, _ scene: PeerScene) throws(Violation) {
    var integrity = outcome.integrity
    if let plugin = terms.kind.plugin {
      if !plugin.promises(.ordered) { integrity.reordered = 0 }
      if !plugin.promises(.exactlyOnce) { integrity.duplicated = 0 }
    }
    try expect(
      integrity == .init(received: integrity.received),
      "messages once, in order and intact, \(scene)", found: integrity.complaint ?? "a gap")
  }
}

/// Who plays the ends: the peer itself, or one that a test has spoilt.
protocol PeerCast: Sendable {
  func play(_ stage: PeerStage, _ scene: PeerScene) throws -> PeerStage.Outcomes
}

/// The peers as they are.
struct TruePeers: PeerCast {
  let program: PeerProgram

  func play(_ stage: PeerStage, _ scene: PeerScene) throws -> PeerStage.Outcomes {
    let kind = stage.terms.kind
    return switch scene {
    case .threads: try kind.accept(ThreadPlayers(stage: stage))
    case .remote(let end):
      try kind.accept(ProcessPlayers(stage: stage, remote: end, program: program))
    case .killed(let end, let microseconds):
      try kind.accept(
        ProcessPlayers(stage: stage, remote: end, microseconds: microseconds, program: program))
    }
  }
}
