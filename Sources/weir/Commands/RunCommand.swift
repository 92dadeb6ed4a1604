// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Scenarios
internal import SharedMemory
internal import Topology

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Measure the cells of a job and print their tables.",
    discussion: """
      Each cell is measured in several launches of fresh processes, interleaved with those of all \
      other cells, beside the machine's own limits. The result file is valid at every moment: an \
      interrupted run keeps what it has.

      Examples:
        weir run Benchmarks/Jobs/default.yaml --out run.json
        weir run job.yaml --store shm --size 64B,1MiB --launches 12
        weir run job.yaml --require cross-node --json
      """)

  @OptionGroup var job: JobOptions
  @OptionGroup var output: OutputOptions

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

  func run() throws {
    let begun = MonotonicTime.nanoseconds()
    let interrupts = Interrupts()
    let machine = try MachineOptions.thisMachine()
    let build = BuildInfo.current(version: Weir.version)
    guard build.isRelease || allowDebug else { throw CommandError.debugBuild }
    let planned = try job.plan(
      catalog: WeirScenarios.catalog(machine: machine), machine: machine, reserve: Self.reserve)
    let outcome = try measure(planned, machine, build, interrupts, begun: begun)
    try print(outcome.run)
    if let failure = outcome.failure { throw failure }
    guard outcome.run.exit == 0 else { throw ExitCode(Int32(outcome.run.exit)) }
  }

  /// Spent beside launches and rooflines: calibration, the doctor's sample of half a second, summing up,
  /// writing and printing.
  private static let reserve = Nanoseconds.seconds(1)

  /// Without a budget a run may take a fifth more than planned, to repeat launches that the host
  /// disturbed.
  private static func repeatAllowance(_ planned: PlannedJob) -> Nanoseconds {
    Nanoseconds(planned.plan.estimate.count / 5 * 6)
  }

  private func measure(
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

  private func print(_ run: Run) throws {
    if output.json {
      try StandardOutput.write(try run.json())
    } else {
      try StandardOutput.write(Report(run).document())
    }
  }
}
