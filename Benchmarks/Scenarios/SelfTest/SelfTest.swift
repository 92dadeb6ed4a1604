// SPDX-License-Identifier: Apache-2.0
internal import Foundation
public import Harness
public import Topology

/// Runs stores whose truth is known through the whole harness (plan, launcher, workers, board, analysis,
/// exit code) and compares what it says with what is so.
///
/// Every check has a control that does nothing wrong, so that one that always complains is found. A miss
/// is measured again: what is wrong with the harness shows every time, and a host that takes the CPU
/// between the store's stamp and the harness's does not. One that stays is the harness's, unless readings
/// that have nothing to do with the result show that the machine was busy with something else.
public struct SelfTest: Sendable {
  let form: SelfTestForm
  let seed: Int
  let build: BuildInfo
  var launcher: Launcher
  private let showsProgress: Bool

  /// How often a cell is measured at most.
  public static let mostAttempts = 3

  /// - Parameters:
  ///   - seed: of everything random.
  ///   - executable: what workers execute: this program, unless told otherwise.
  public init(
    _ form: SelfTestForm, seed: Int, machine: Machine, build: BuildInfo,
    interrupts: Interrupts? = nil, executable: String? = nil,
    showsProgress: Bool = StandardError.isTerminal
  ) {
    self.form = form
    self.seed = seed
    self.build = build
    self.showsProgress = showsProgress
    launcher = Launcher(
      machine: machine, book: WeirScenarios.book, clock: .calibrated(), interrupts: interrupts)
    if let executable { launcher.executable = executable }
  }

  /// - Throws: `LaunchError` (`interrupted`) after Ctrl-C; everything else that goes wrong is a row.
  public func run() throws -> [SelfTestRow] {
    let plan = try plan()
    var cases = try measure(plan)
    var attempts: [String: Int] = [:]
    for _ in 1..<Self.mostAttempts {
      let due = Set(judge(cases).filter { $0.verdict == .missed }.flatMap(\.cells))
      if due.isEmpty { break }
      for id in due { attempts[id, default: 1] += 1 }
      let again = try measure(try plan.selecting(due.sorted()))
      cases = cases.map { old in again.first { $0.cell.cell.id == old.cell.cell.id } ?? old }
    }
    let judged = judge(cases).map { row in
      var row = row.settled
      row.attempts = row.cells.compactMap { attempts[$0] }.max() ?? 1
      return row
    }
    return judged + intervalRows()
  }

  func plan() throws -> Plan {
    let machine = launcher.machine
    let catalog = SelfTestCatalog.catalog(machine)
    let text = form.job(SelfTestSeats(machine), seed: seed)
    let job = try Job(yaml: text, source: "selftest", catalog: catalog)
    return try Plan(job, catalog: catalog) { SelfTestCatalog.reasonNotToHost($0, machine) }
  }

  /// Carries a plan out, as `weir run` does.
  func measure(_ plan: Plan) throws -> [SelfTestCase] {
    let scenario = SelfTestScenario(stall: form.stall, ledger: .init())
    var launcher = launcher
    launcher.book = ScenarioBook([scenario, NullScenario()]) { cell in
      cell.store == "null" ? "null" : SelfTestScenario.name
    }
    let run = Run(
      header: RunHeader(
        id: "selftest", plan: plan, started: ISO8601DateFormatter().string(from: Date()),
        command: CommandLine.arguments, job: nil),
      build: build,
      machine: MachineInfo(machine: launcher.machine, probe: SystemProbe(), checks: []),
      clock: ClockInfo(source: launcher.clock.source.rawValue, readCost: nil),
      roofline: Roofline())
    var conductor = RunConductor(
      launcher: launcher, plan: plan, run: run, writer: nil, keepsGoing: true,
      showsProgress: showsProgress)
    let outcome = try conductor.conduct()
    if let failure = outcome.failure, failure.code == .interrupted {
      throw LaunchError(.interrupted, "interrupted; nothing is kept of a self-test, run it again")
    }
    return outcome.run.cells.map { cell in
      let truths: [LaunchTruth?] =
        cell.cell.store == "null"
        ? cell.samples.map { _ in LaunchTruth() }
        : scenario.ledger.truths(of: cell.cell, launcher.clock)
      return SelfTestCase(
        cell: cell, exit: Self.exit(of: cell, in: outcome.run), truths: truths,
        clockReadCost: outcome.run.clock.readCost, isRelease: build.isRelease)
    }
  }

  /// What `weir run` would exit with for a job of this cell alone. Whether a debug build may measure is
  /// another rule's business.
  private static func exit(of cell: RunCell, in run: Run) -> Int {
    var alone = run
    alone.header.cellsPlanned = 1
    alone.build.configuration = "release"
    alone.replaceCells(with: [cell])
    return alone.exit
  }

  func judge(_ cases: [SelfTestCase]) -> [SelfTestRow] {
    func one(_ store: SyntheticStore) -> SelfTestCase? {
      cases.first { $0.cell.cell.store == store.rawValue }
    }
    var rows: [SelfTestRow] = []
    for test in cases {
      guard let store = SyntheticStore(rawValue: test.cell.cell.store) else {
        rows.append(NullCostJudge(test).row())
        continue
      }
      switch store {
      case .stalling:
        guard let control = one(.steady) else { continue }
        rows += StallJudge(test, control: control, form: form.stall).rows()
      case .steady: break
      default:
        if let distribution = store.distribution {
          rows += ServiceTimeJudge(test, distribution).rows()
        } else if store.kind == .placed {
          rows.append(PlacementJudge(test, isSabotaged: store.isSabotaged).row())
        } else {
          rows.append(FaultJudge(test, scripted: store.faults).row())
        }
      }
    }
    return rows
  }

  private func intervalRows() -> [SelfTestRow] {
    form.intervalLaunches.map { launches in
      CoverageTrials(runs: SelfTestForm.intervalRuns, launches: launches, seed: seed).row()
    }
  }
}
