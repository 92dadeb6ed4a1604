// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory
internal import Topology

/// Carries a plan out, launch by launch, and keeps the run on disk valid all the while.
public struct RunConductor {
  let launcher: Launcher
  let plan: Plan
  private let writer: RunWriter?
  /// Go on with the other cells when a launch fails.
  private let keepsGoing: Bool
  /// When launches that the host disturbed are no longer repeated.
  let repeatDeadline: Int64
  /// Nil for a run that makes the plan's launches and no others.
  let budget: RunBudget?
  private var run: Run
  private var progress: ProgressLine
  private(set) var records: [Int: [LaunchRecord]] = [:]
  /// What things cost and how well cells are known; only kept for a budget.
  var spending = BudgetSpending()
  private var seatings: [PlacementRequest: Seating] = [:]
  private var rooflines = RooflineCollector()
  /// Cells with launches that their summary does not know yet.
  private var stale: Set<Int> = []
  private var summaries: [Int: RunCell] = [:]
  private var lastWrite: Int64 = 0

  /// An interrupted run loses at most what was measured since the last write.
  private static let writeInterval = Nanoseconds.seconds(2)

  /// - Parameters:
  ///   - run: the run without cells: what it is, on which machine, by which build.
  ///   - repeatAllowance: time from now in which launches that the host disturbed are repeated; the
  ///     plan's own launches are made in any case.
  ///   - budget: the time that the run takes, however many launches that makes.
  public init(
    launcher: Launcher, plan: Plan, run: Run, writer: RunWriter?, keepsGoing: Bool = false,
    repeatAllowance: Nanoseconds = Nanoseconds(0), budget: RunBudget? = nil,
    showsProgress: Bool = StandardError.isTerminal
  ) {
    self.launcher = launcher
    self.plan = plan
    self.run = run
    self.writer = writer
    self.keepsGoing = keepsGoing
    repeatDeadline = MonotonicTime.nanoseconds() + Int64(repeatAllowance.count)
    self.budget = budget
    progress = ProgressLine(
      total: plan.order.count, expected: plan.wholeEstimate, deadline: budget?.end,
      isShown: showsProgress)
  }

  /// What became of a run: everything measured, and what ended it early.
  public struct Outcome {
    public var run: Run
    /// The first launch that failed; nil when all went well.
    public var failure: LaunchError?
  }

  /// Runs to the end, or to the first failure.
  /// - Throws: `HarnessError` when the result cannot be written; before anything is measured when
  ///   its place cannot be written at all.
  public mutating func conduct() throws -> Outcome {
    var failure: LaunchError?
    try finish()
    do {
      if let budget {
        try spend(budget, &failure)
      } else {
        try conductLaunches(&failure)
        try repeatDisturbed(&failure)
      }
    } catch let error as LaunchError {
      failure = error
    }
    progress.clear()
    // What is close is known now: the first summaries may have been made with less.
    stale = Set(records.keys)
    try finish()
    return Outcome(run: run, failure: failure)
  }

  private mutating func conductLaunches(_ failure: inout LaunchError?) throws {
    var round = -1
    for slot in plan.order {
      if slot.launch != round {
        round = slot.launch
        try measureRoofline(like: plan.cells[slot.cell], round)
      }
      try carryOut(slot, &failure)
    }
  }

  /// One launch, recorded whatever becomes of it, so that the file says why the run ended.
  mutating func carryOut(_ slot: LaunchSlot, _ failure: inout LaunchError?) throws {
    let cell = plan.cells[slot.cell]
    progress.begin(cell.id)
    let begun = MonotonicTime.nanoseconds()
    do {
      let outcome = try launcher.launch(
        cell, seating: try seating(of: cell), launch: slot.launch,
        environmentPad: slot.environmentPad, heapOffset: slot.heapOffset, seed: slot.seed)
      record(LaunchRecord(cell: cell, launch: slot.launch, outcome: outcome), slot.cell)
    } catch let error as LaunchError where error.code != .interrupted {
      var failed = LaunchRecord(cellID: cell.id, launch: slot.launch)
      failed.errors = [error.description]
      record(failed, slot.cell)
      guard keepsGoing else { throw error }
      failure = failure ?? error
    }
    progress.advance()
    try writeNowAndThen()
    spending.note(cell: slot.cell, took: MonotonicTime.nanoseconds() - begun)
  }

  private mutating func record(_ record: LaunchRecord, _ cell: Int) {
    records[cell, default: []].append(record)
    stale.insert(cell)
    if budget != nil { spending.note(record, of: cell, PrecisionMetric(plan.cells[cell])) }
  }

  mutating func seating(of cell: Cell) throws(LaunchError) -> Seating {
    if let known = seatings[cell.placement] { return known }
    switch try Seating.resolve(cell.placement, on: launcher.machine) {
    case .seated(let seating):
      seatings[cell.placement] = seating
      return seating
    case .unavailable(let reason): throw LaunchError(.placement, reason)
    }
  }

  /// The machine's limits, with the seats of the round's first cell.
  mutating func measureRoofline(like cell: Cell, _ round: Int) throws {
    progress.begin("roofline")
    let begun = MonotonicTime.nanoseconds()
    defer { spending.rooflineTook = MonotonicTime.nanoseconds() - begun }
    rooflines.add(
      try launcher.launch(
        RooflineScenario.cell(sizes: plan.roofSizes), seating: try seating(of: cell),
        launch: round))
    run.clock.readCost = rooflines.clockReadCost
  }

  /// What close means, by all launches so far: by what the run stores of them, so that whoever reads it
  /// comes to the same.
  var regimes: Regimes { Regimes(samples: records.values.joined()) }

  private mutating func writeNowAndThen() throws {
    guard writer != nil,
      MonotonicTime.nanoseconds() - lastWrite > Int64(Self.writeInterval.count)
    else { return }
    try finish()
  }

  /// Summarises what is new against the limits known now, and writes the run.
  mutating func finish() throws {
    let begun = MonotonicTime.nanoseconds()
    let summarised = stale.reduce(0) { $0 + (records[$1]?.count ?? 0) }
    let regimes = regimes
    run.roofline = rooflines.roofline(regimes)
    for index in plan.cells.indices where plan.cells[index].skip != nil || stale.contains(index) {
      summaries[index] = RunCell(
        promised(index), samples: records[index] ?? [], roofline: run.roofline,
        regimes: regimes)
    }
    stale = []
    let summed = MonotonicTime.nanoseconds()
    // In the order of the plan, so that tables and files of two runs line up.
    run.replaceCells(with: plan.cells.indices.compactMap { summaries[$0] })
    if let writer { try writer.write(run) }
    lastWrite = MonotonicTime.nanoseconds()
    spending.noteFinish(
      summing: summed - begun, launches: summarised, writing: lastWrite - summed)
  }

  /// The cell with the launches that it was to have: when time ran out, those that it got.
  private func promised(_ index: Int) -> Cell {
    var cell = plan.cells[index]
    if spending.isOver { cell.launches = min(cell.launches, records[index]?.count ?? 0) }
    return cell
  }
}
