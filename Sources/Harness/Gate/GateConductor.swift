// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory

/// Has three builds make launches in turn until every cell is decided or the budget is spent.
public struct GateConductor {
  private let contenders: [any GateContender]
  private let cells: [Cell]
  private let seed: Int
  private let budget: Nanoseconds
  private let now: () -> Int64
  private var result: GateResult
  private var trial: GateTrial
  private var orders: [GateOrder]
  private var progress: ProgressLine
  /// Indices into the result's cells.
  private let places: [Int]
  /// Nanoseconds that rounds took, and how many, by cell.
  private var pace: [(total: Int64, count: Int64)]

  public static let defaultBudget = Nanoseconds.seconds(180)

  /// What the gate compares, and how.
  public struct Terms {
    public var name: String
    public var cells: [Cell]
    public var rules: GateRules
    public var seed: Int
    public var budget: Nanoseconds
    public var allowsDebug: Bool

    public init(
      name: String, cells: [Cell], rules: GateRules, seed: Int = 1,
      budget: Nanoseconds = GateConductor.defaultBudget, allowsDebug: Bool = false
    ) {
      self.name = name
      self.cells = cells
      self.rules = rules
      self.seed = seed
      self.budget = budget
      self.allowsDebug = allowsDebug
    }
  }

  /// Asks every build for every cell, and refuses what could not end in a verdict.
  ///
  /// - Parameters:
  ///   - contenders: base, head and control.
  ///   - now: a monotonic clock in nanoseconds, for the budget; the system's by default.
  /// - Throws: `GateError`, before anything is measured.
  public init(
    _ terms: Terms, contenders: [any GateContender], showsProgress: Bool = false,
    now: (() -> Int64)? = nil
  ) throws(GateError) {
    let admission = GateAdmission(terms: terms, contenders: contenders)
    try admission.checkBuilds()
    let admitted = try admission.cells()
    let chosen = admitted.indices.filter { admitted[$0].absence == nil }
    let entered = chosen.map { admitted[$0].cell }
    try admission.checkPower(entered, among: admitted)
    var begun = GateResult(
      name: terms.name, rules: terms.rules, seed: terms.seed, budget: terms.budget)
    begun.builds = contenders.map { GateResult.Build(side: $0.side, hello: $0.hello) }
    begun.notes = admission.notes
    begun.cells = admitted
    (result, places, cells) = (begun, chosen, entered)
    self.contenders = contenders
    seed = terms.seed
    budget = terms.budget
    self.now = now ?? { MonotonicTime.nanoseconds() }
    let step = contenders.compactMap(\.hello.clockStep).max()
    trial = GateTrial(
      rules: terms.rules, launches: entered.map(\.launches).min() ?? 0,
      quanta: entered.map { $0.quantum(clockStep: step) })
    orders = entered.map { GateOrder(seed: terms.seed, cell: $0.id) }
    pace = entered.map { (Int64($0.launchEstimate.count * GateSide.allCases.count), 1) }
    progress = ProgressLine(
      total: entered.count * (entered.map(\.launches).min() ?? 0),
      expected: GateAdmission.estimate(entered), isShown: showsProgress)
  }

  /// Runs to the end. What ends it early is in the result, with what was found until then.
  public mutating func conduct() -> GateResult {
    let begin = now()
    do throws(GateError) {
      repeat { try conductRound() } while trial.closeRound(isLast: !hasTime(since: begin))
    } catch {
      result.failure = error
    }
    progress.clear()
    result.elapsed = Nanoseconds(Int(now() - begin))
    result.looks = trial.looks
    for (place, index) in places.enumerated() {
      result.cells[index].rounds = trial.rounds[place]
      if trial.looks > 0 { result.cells[index].state = trial.states[place] }
    }
    return result
  }

  /// Whether another round of the undecided cells fits.
  private func hasTime(since begin: Int64) -> Bool {
    let round = trial.undecided.reduce(0) { $0 + pace[$1].total / pace[$1].count }
    return now() - begin + round <= Int64(budget.count)
  }

  private mutating func conductRound() throws(GateError) {
    var due = trial.undecided
    var random = Xoshiro256(
      seed: SplitMix64.mixed(UInt64(seed), UInt64(trial.roundsDone)))
    random.shuffle(&due)
    for place in due {
      progress.begin(cells[place].id)
      let begin = now()
      let order = orders[place].next()
      var launches: [GateSide: GateLaunch] = [:]
      for (turn, side) in order.enumerated() {
        launches[side] = try launch(side, place, turn)
      }
      guard let base = launches[.base], let head = launches[.head],
        let control = launches[.control]
      else { throw GateError(.usage, "a gate needs base, head and control") }
      trial.add(GateRound(order: order, base: base, head: head, control: control), to: place)
      try checkNumbers(place)
      pace[place].total += now() - begin
      pace[place].count += 1
      progress.advance()
    }
  }

  /// A launch that was disturbed has no number, and costs a pair; a build that never has one cannot be
  /// compared.
  private func checkNumbers(_ place: Int) throws(GateError) {
    let rounds = trial.rounds[place]
    guard rounds.count == GateRules.fewestLaunches else { return }
    for side in GateSide.allCases where rounds.allSatisfy({ $0.launch(side).cost == nil }) {
      throw GateError(
        .invalid,
        "\(side.rawValue): \(cells[place].id): too few messages for a number in each of "
          + "\(rounds.count) launches; lengthen `measure`")
    }
  }

  /// One launch. The builds of a round get the same messages, and different places on stack and heap.
  private func launch(_ side: GateSide, _ place: Int, _ turn: Int) throws(GateError) -> GateLaunch {
    let cell = cells[place]
    let slot = LaunchSlot(cell: place, id: cell.id, launch: trial.roundsDone, planSeed: seed)
    let pad = LaunchSlot(cell: place, id: "\(cell.id) \(turn)", launch: slot.launch, planSeed: seed)
    let order = LaunchOrder(
      cell: cell, launch: slot.launch, seed: slot.seed, environmentPad: pad.environmentPad,
      heapOffset: pad.heapOffset)
    let judge = GateJudge(contenders: contenders)
    return try judge.carryOut(order, side)
  }
}
