// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios
internal import SharedMemory
internal import Topology

struct SloCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slo",
    abstract: "Find the highest rate at which responses stay below a bound.",
    discussion: """
      Messages start on a schedule, and a response is timed from its intended start. The rate grows \
      fourfold until the bound is missed or the rate not sustained, and is bisected then. Rates below the \
      first that keeps the bound may miss it: ends that sleep between messages are woken for each, and a \
      busier one answers sooner. Each rate is tried by launches of fresh processes, three unless \
      --launches says otherwise, and two more when they disagree. Rates that the load generator itself \
      cannot keep are told apart.

      The lowest rate is the one at which each launch has ten messages beyond the percentile: a longer \
      --measure lowers it. Cells of a job are searched one after the other; their own loads do not count.

      Exits with 0 when every cell has an answer; with 6 when a cell cannot take open loads, or keeps \
      the bound at no rate; with 7 when the budget ended a search, or the generator did. The \
      gravest counts, and a cell that has an answer is printed in any case.

      Examples:
        weir slo --p99 50us --store shm
        weir slo --p99.9 1ms --store queue,shm --serializer large --size 64KiB --arrivals poisson
        weir slo --p50 20us job.yaml --budget 120s --json
      """)

  @Argument(
    help: ArgumentHelp(
      "A job whose cells are searched; plain bytes of 64B through shm without.", valueName: "job"),
    completion: .file(extensions: ["yaml", "yml"]))
  var path: String?

  @Option(help: ArgumentHelp("Bound of the median response, such as 20us.", valueName: "time"))
  var p50: String?

  @Option(help: ArgumentHelp("Bound of the 99th percentile.", valueName: "time"))
  var p99: String?

  @Option(
    name: .customLong("p99.9"),
    help: ArgumentHelp("Bound of the 99.9th percentile.", valueName: "time"))
  var p999: String?

  /// As the harness calls them, for the parser.
  enum Spread: String, CaseIterable, ExpressibleByArgument {
    case fixed, poisson

    var arrivals: Load.Arrivals { self == .fixed ? .fixed : .poisson }
  }

  @Option(name: .customLong("arrivals"), help: "How the starts of messages are spread.")
  var spread = Spread.fixed

  @Option(
    help: ArgumentHelp(
      "How narrow the answer's interval is to be, in percent.", valueName: "percent"))
  var tolerance = 5.0

  @Flag(help: "Show no progress on a terminal.")
  var quiet = false

  @Flag(help: "Measure with a debug build; the result says so.")
  var allowDebug = false

  @OptionGroup(title: "Job") var changes: JobChanges
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let bounds = [p50, p99, p999].compactMap { $0 }
    guard bounds.count == 1 else {
      throw ValidationError("give one bound: --p50, --p99 or --p99.9, such as --p99 50us")
    }
    guard tolerance >= 1, tolerance <= 100 else {
      throw ValidationError("--tolerance is \(tolerance); give 1 to 100 percent")
    }
    guard !changes.assignments.contains(where: { $0.hasPrefix("load=") || $0.contains(".load=") })
    else { throw ValidationError("the search sets the load itself; leave --set load out") }
  }

  func run() throws {
    let begun = MonotonicTime.nanoseconds()
    let interrupts = Interrupts()
    let bound = try bound()
    let machine = try MachineOptions.thisMachine()
    let build = BuildInfo.current(version: Weir.version)
    guard build.isRelease || allowDebug else { throw CommandError.debugBuild }
    let planned = try plan(machine)
    let runnable = planned.plan.cells.filter { $0.skip == nil }
    guard !runnable.isEmpty else {
      throw CommandError(
        .capabilityMissing,
        "no cell can take an open load: \(planned.plan.cells.first?.skip ?? "none is left"); name"
          + " another store or workload")
    }
    let launcher = Launcher(
      machine: machine, book: WeirScenarios.book, clock: .calibrated(), interrupts: interrupts)
    var conductor = SloConductor(
      launcher: launcher, plan: planned.plan, bound: bound, arrivals: spread.arrivals,
      tolerance: tolerance / 100,
      deadline: begun + Int64((planned.job.budget ?? Self.defaultBudget).count))
    let shows = !quiet && StandardError.isTerminal
    let results: [SloResult]
    do {
      results = try conductor.conduct { cell, rate in
        if shows { StandardError.write("\r\u{1B}[K\(rate)  \(cell.store) \(cell.size)") }
      }
    } catch let error as SloError {
      throw error.asCommandError
    }
    if shows { StandardError.write("\r\u{1B}[K") }
    let report = SloReport(
      bound: bound, arrivals: spread.arrivals, tolerance: tolerance / 100,
      machine: MachineInfo(machine: machine, probe: SystemProbe(), checks: []).label,
      build: build, results: results)
    if output.json {
      try StandardOutput.write(try report.json())
    } else {
      try StandardOutput.write(report.document())
    }
    if let status = Self.status(results) { throw status.exitCode }
  }

  /// A search to five percent takes half of it.
  private static let defaultBudget = Nanoseconds.seconds(60)
  /// Enough for a median, and for one launch that was disturbed.
  private static let launchesPerProbe = 3

  /// Nil when every cell has an answer.
  static func status(_ results: [SloResult]) -> ExitStatus? {
    let findings = results.map(\.finding)
    if findings.contains(where: { $0 == .none || $0 == .skipped }) { return .capabilityMissing }
    return findings.contains { $0 != .found } ? .inconclusive : nil
  }

  private func bound() throws(HarnessError) -> ResponseBound {
    let given: (ResponseBound.Percentile, String)? =
      p50.map { (.p50, $0) } ?? p99.map { (.p99, $0) } ?? p999.map { (.p999, $0) }
    guard let (percentile, text) = given else {
      throw HarnessError(.unit, "no bound is given", remedy: "write --p99 50us")
    }
    let limit: Nanoseconds
    do {
      limit = try Nanoseconds(parsing: text)
    } catch {
      throw HarnessError(
        .unit, at: "--\(percentile.rawValue) \(text)", error.problem, remedy: error.remedy)
    }
    guard limit > Nanoseconds(0) else {
      throw HarnessError(
        .unit, at: "--\(percentile.rawValue) \(text)", "no response takes no time",
        remedy: "give a bound above 0, such as 50us")
    }
    return ResponseBound(percentile, below: limit)
  }

  /// The cells, each once, as if driven by an open load of the lowest rate.
  private func plan(_ machine: Machine) throws -> PlannedJob {
    var more = ["load=open:1/s"]
    if changes.phases.launches == nil { more.append("launches=\(Self.launchesPerProbe)") }
    return try changes.plan(
      text: try path.map(JobOptions.text(of:)) ?? Self.job, source: path ?? "slo.yaml",
      machine: machine, more: more, fitsBudget: false)
  }

  private static let job = """
    schema: 1
    name: slo
    defaults: { warmup: 100ms, measure: 500ms, verify: full, seed: 1 }
    axes: { store: [shm], serializer: [raw], size: [64B], wait: [spin-park] }
    """
}

extension SloError {
  fileprivate var asCommandError: CommandError {
    switch self {
    case .integrity(let text): CommandError(.integrityViolation, text)
    case .invalid(let text): CommandError(.measurementInvalid, text)
    }
  }
}
