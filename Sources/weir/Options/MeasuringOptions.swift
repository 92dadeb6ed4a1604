// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Scenarios
internal import Topology

/// How a plan is carried out; shared by every command that measures one.
struct MeasuringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write the run here, as JSON, and keep it up to date.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var out: String?

  @Flag(help: "Go on with the other cells when a launch fails.")
  var keepGoing = false

  @Flag(help: "Show no progress on a terminal.")
  var quiet = false

  @Flag(help: "Measure with a debug build; every table says so.")
  var allowDebug = false

  /// - Throws: `CommandError` for a debug build that was not allowed.
  func check(_ build: BuildInfo) throws {
    guard build.isRelease || allowDebug else { throw CommandError.debugBuild }
  }

  /// Spent beside launches and rooflines: calibration, the doctor's sample of half a second, summing up,
  /// writing and printing.
  static let reserve = Nanoseconds.seconds(1)

  /// Without a budget a run may take a fifth more than planned, to repeat launches that the host
  /// disturbed.
  private static func repeatAllowance(_ planned: PlannedJob) -> Nanoseconds {
    Nanoseconds(planned.plan.estimate.count / 5 * 6)
  }

  /// - Parameter begun: when the command was, from which its budget counts.
  func measure(
    _ planned: PlannedJob, _ machine: Machine, _ build: BuildInfo, _ interrupts: Interrupts,
    begun: Int64
  ) throws -> RunConductor.Outcome {
    let clock = MeasurementClock.calibrated()
    let launcher = Launcher(
      machine: machine, book: WeirScenarios.book, clock: clock, interrupts: interrupts)
    let run = Run(
      header: header(planned), build: build, machine: MachineInfo.current(machine: machine),
      clock: ClockInfo(source: clock.source.rawValue, readCost: nil), roofline: Roofline())
    var conductor = RunConductor(
      launcher: launcher, plan: planned.plan, run: run,
      writer: out.map { RunWriter(path: $0) }, keepsGoing: keepGoing,
      repeatAllowance: Self.repeatAllowance(planned),
      budget: planned.job.budget.map { RunBudget(begun: begun, total: $0) },
      showsProgress: !quiet && StandardError.isTerminal)
    return try conductor.conduct()
  }

  private func header(_ planned: PlannedJob) -> RunHeader {
    let started = ISO8601DateFormatter().string(from: Date())
    let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return RunHeader(
      id: "\(planned.plan.name)-\(suffix)", plan: planned.plan, started: started,
      command: CommandLine.arguments, job: planned.text, overrides: planned.overrides,
      budget: planned.job.budget)
  }
}

extension RunConductor.Outcome {
  /// Ends the command as the run ended.
  ///
  /// - Throws: the failure that ended it early, else its exit code unless that is 0.
  func end() throws {
    if let failure { throw failure }
    guard run.exit == 0 else { throw ExitCode(Int32(run.exit)) }
  }
}
