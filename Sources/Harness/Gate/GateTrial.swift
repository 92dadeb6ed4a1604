// SPDX-License-Identifier: Apache-2.0

/// The rounds of a gate and what follows from them. Knows neither processes nor time.
public struct GateTrial: Sendable {
  public let rules: GateRules
  /// The smallest step of each cell's metric, in nanoseconds.
  private let quanta: [Double]
  /// By cell.
  public private(set) var rounds: [[GateRound]]
  public private(set) var states: [GateCellState]
  /// Rounds that undecided cells have had.
  public private(set) var roundsDone = 0
  public private(set) var looks = 0
  /// What the looks have taken of `alpha`.
  public private(set) var spent = 0.0
  private var nextLook: Int

  /// - Parameters:
  ///   - launches: rounds before the first look.
  ///   - quanta: one for each cell.
  public init(rules: GateRules, launches: Int, quanta: [Double]) {
    self.rules = rules
    self.quanta = quanta
    nextLook = launches
    rounds = quanta.map { _ in [] }
    let nothing = GateEffect([], level: rules.alpha)
    states = quanta.map { _ in GateCellState(head: nothing, control: nothing, p: 1, margin: 0) }
  }

  /// Cells that the next round is for.
  public var undecided: [Int] { states.indices.filter { states[$0].verdict == .inconclusive } }

  public var controlDiffers: Bool { states.contains(where: \.controlDiffers) }

  public mutating func add(_ round: GateRound, to cell: Int) { rounds[cell].append(round) }

  /// Closes a round of all undecided cells, and looks when it is time.
  ///
  /// - Parameter isLast: whether the budget is spent.
  /// - Returns: whether another round is wanted.
  public mutating func closeRound(isLast: Bool) -> Bool {
    roundsDone += 1
    if roundsDone >= nextLook || isLast {
      look(isLast: isLast)
      nextLook = GateRules.look(after: roundsDone)
    }
    return !isLast && !undecided.isEmpty && !controlDiffers
  }

  /// Where the CPUs mostly were, by every launch of the gate.
  private var regimes: Regimes {
    Regimes(
      links: rounds.joined().flatMap { [$0.base.link, $0.head.link, $0.control.link] }
        .compactMap { $0 })
  }

  private mutating func look(isLast: Bool) {
    let level = rules.level(spent: spent, isLast: isLast)
    let regimes = regimes
    let pairs = rounds.map { rounds in rounds.compactMap { $0.logRatio(.head, regimes) } }
    let controls = rounds.map { rounds in rounds.compactMap { $0.logRatio(.control, regimes) } }
    let most = undecided.map { pairs[$0].count }.max() ?? 0
    // A look that cannot find anything spends nothing.
    guard isLast || most >= Statistics.fewestValues(level: level / Double(states.count)) else {
      return
    }
    looks += 1
    spent += level
    for cell in undecided {
      states[cell].margin = margin(cell)
      let counted = rounds[cell].filter { $0.logRatio(.head, regimes) != nil }
      states[cell].baseCost = Statistics.median(counted.compactMap(\.base.cost))
      states[cell].headCost = Statistics.median(counted.compactMap(\.head.cost))
    }
    decide(pairs, level)
    let share = level / Double(states.count)
    for cell in states.indices {
      states[cell].control = GateEffect(controls[cell], level: share)
      let bound = max(states[cell].margin * GateRules.controlShare, quantumMargin(cell))
      if Statistics.signTest(controls[cell], margin: bound) <= share {
        states[cell].controlDiffers = true
      }
    }
  }

  private func cost(_ cell: Int) -> Double {
    Statistics.median(rounds[cell].compactMap(\.base.cost)) ?? 0
  }

  private func margin(_ cell: Int) -> Double {
    rules.margin.logarithm(cost: cost(cell), quantum: quanta[cell])
  }

  private func quantumMargin(_ cell: Int) -> Double {
    GateMargin(relative: 0).logarithm(cost: cost(cell), quantum: quanta[cell])
  }

  /// Holm's steps among the undecided cells, the clearest difference first.
  private mutating func decide(_ pairs: [[Double]], _ level: Double) {
    var sharers = states.count { ![.slower, .faster].contains($0.verdict) }
    let chances = Dictionary(
      uniqueKeysWithValues: undecided.map {
        ($0, Statistics.signTest(pairs[$0], margin: states[$0].margin))
      })
    let ordered = chances.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    var isDifferent = true
    for (cell, chance) in ordered {
      let share = level / Double(max(1, sharers))
      states[cell].head = GateEffect(pairs[cell], level: share)
      states[cell].p = min(1, chance * Double(max(1, sharers)))
      isDifferent = isDifferent && chance <= share
      if isDifferent {
        states[cell].verdict = (states[cell].head.median ?? 0) > 0 ? .slower : .faster
        sharers -= 1
      } else if states[cell].head.isWithin(states[cell].margin) {
        states[cell].verdict = .same
      }
      if states[cell].verdict != .inconclusive { states[cell].look = looks }
    }
  }
}
