// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory
internal import Topology

/// Carries a plan out, launch by launch, and keeps the run on disk valid all the while.
public struct RunConductor {
  private let launcher: Launcher
  private let plan: Plan
  private let writer: RunWriter?
  /// Go on with the other cells when a launch fails.
  private let keepsGoing: Bool
  private var run: Run
  private var progress: ProgressLine
  private var records: [Int: [LaunchRecord]] = [:]
  private var rooflines = RooflineCollector()
  private var lastWrite: Int64 = 0

  /// An interrupted run loses at most what was measured since the last write.
  private static let writeInterval = Nanoseconds.seconds(2)

  /// - Parameter run: the run without cells: what it is, on which machine, by which build.
  public init(
    launcher: Launcher, plan: Plan, run: Run, writer: RunWriter?, keepsGoing: Bool = false,
    showsProgress: Bool = StandardError.isTerminal
  ) {
    self.launcher = launcher
    self.plan = plan
    self.run = run
    self.writer = writer
    self.keepsGoing = keepsGoing
    progress = ProgressLine(
      total: plan.order.count, expected: plan.estimate, isShown: showsProgress)
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
      try conductLaunches(&failure)
    } catch let error as LaunchError {
      failure = error
    }
    progress.clear()
    try finish()
    return Outcome(run: run, failure: failure)
  }

  private mutating func conductLaunches(_ failure: inout LaunchError?) throws {
    var round = -1
    for slot in plan.order {
      let cell = plan.cells[slot.cell]
      if slot.launch != round {
        round = slot.launch
        try measureRoofline(like: cell, round)
      }
      progress.begin(cell.id)
      do {
        try conduct(slot, cell)
      } catch let error as LaunchError where error.code != .interrupted {
        // Recorded either way, so that the file says why the run ended.
        var record = LaunchRecord(cellID: cell.id, launch: slot.launch)
        record.errors = [error.description]
        records[slot.cell, default: []].append(record)
        guard keepsGoing else { throw error }
        failure = failure ?? error
      }
      progress.advance()
      try writeNowAndThen()
    }
  }

  private mutating func conduct(_ slot: LaunchSlot, _ cell: Cell) throws {
    let outcome = try launcher.launch(
      cell, seating: try seating(of: cell), launch: slot.launch,
      environmentPad: slot.environmentPad, seed: slot.seed)
    records[slot.cell, default: []].append(
      LaunchRecord(cell: cell, launch: slot.launch, outcome: outcome))
  }

  private func seating(of cell: Cell) throws(LaunchError) -> Seating {
    switch try Seating.resolve(cell.placement, on: launcher.machine) {
    case .seated(let seating): return seating
    case .unavailable(let reason): throw LaunchError(.placement, reason)
    }
  }

  /// The machine's limits, with the seats of the round's first cell.
  private mutating func measureRoofline(like cell: Cell, _ round: Int) throws {
    progress.begin("roofline")
    let outcome = try launcher.launch(
      RooflineScenario.cell(sizes: plan.memcpySizes), seating: try seating(of: cell),
      launch: round)
    rooflines.add(outcome.reports)
    run.roofline = rooflines.roofline
    run.clock.readCost = rooflines.clockReadCost
  }

  private mutating func writeNowAndThen() throws {
    guard writer != nil,
      MonotonicTime.nanoseconds() - lastWrite > Int64(Self.writeInterval.count)
    else { return }
    try finish()
  }

  /// Recomputes every measured cell against the limits known now, and writes the run.
  private mutating func finish() throws {
    // In the order of the plan, so that tables and files of two runs line up.
    let known = plan.cells.indices.filter { plan.cells[$0].skip != nil || records[$0] != nil }
    run.replaceCells(
      with: known.map {
        RunCell(plan.cells[$0], samples: records[$0] ?? [], roofline: run.roofline)
      })
    if let writer { try writer.write(run) }
    lastWrite = MonotonicTime.nanoseconds()
  }
}
