// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Scenarios

struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Tell whether one build is slower than another, by launches of both in turn.",
    discussion: """
      Launches of two builds alternate in the same minutes, cell by cell, in mirrored order; only pairs \
      that ran in one regime count. Every cell gets one of four verdicts: slower, faster, same within \
      the margin, or inconclusive, which more rounds try to resolve until the budget is spent. The base \
      also runs against itself from another path: what differs there is this job's noise, and more \
      than half the margin of it makes the gate invalid. --alpha is the chance of a wrong \
      difference over all cells and looks together.

      A build is any program that speaks weir-launch/1 when started with `launch`: every weir does. Or \
      both are shared objects of one store that implements weir_backend.h, which this weir then runs.

      Exits with 0 when nothing is slower, and else with the first of 3, 8, 9, 6, 5, 2, 7, 4 that applies.

      Examples:
        weir gate --base old/weir --head .build/release/weir
        weir gate --base old/weir --head new/weir job.yaml --primary 'pingpong/shm/*' --delta 3%
        weir gate --base weir --head weir --slow-head 10   # would 10 % be noticed here?
        weir gate --base old/libstore.so --head new/libstore.so job.yaml
      """)

  @Option(help: ArgumentHelp("The build to compare with.", valueName: "file"), completion: .file())
  var base: String

  @Option(help: ArgumentHelp("The build to judge.", valueName: "file"), completion: .file())
  var head: String

  @Argument(
    help: ArgumentHelp("The job file, in YAML.", valueName: "job"),
    completion: .file(extensions: ["yaml", "yml"]))
  var path = "Benchmarks/Jobs/gate.yaml"

  @Option(
    help: ArgumentHelp(
      "Gate only cells whose id matches, with * for any characters. Repeatable.", valueName: "glob")
  )
  var primary: [String] = []

  @Option(
    help: ArgumentHelp(
      "What a difference must exceed: a share, a time per message, or both.", valueName: "margin"))
  var delta = "5%"

  @Option(
    help: ArgumentHelp("The chance of finding a difference between equal builds.", valueName: "p"))
  var alpha = 0.05

  @Option(help: ArgumentHelp("Wall time for rounds, such as 180s.", valueName: "time"))
  var budget = "\(GateConductor.defaultBudget)"

  @Option(help: ArgumentHelp("Seed of order, payloads and layout.", valueName: "number"))
  var seed: Int?

  @Option(
    help: ArgumentHelp("Launches per cell and build before the first look.", valueName: "count"))
  var launches: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Replace a value of the job, as in run. Repeatable.", valueName: "key=value")
  )
  var assignments: [String] = []

  enum Inconclusive: String, ExpressibleByArgument, CaseIterable { case fail, pass, warn }

  @Option(help: "What cells without a verdict come to: exit 7, nothing, or a line of warning.")
  var inconclusive = Inconclusive.fail

  @Flag(help: "Exit with 4 when something became faster.")
  var strict = false

  @Flag(help: "Measure with debug builds; every row says so.")
  var allowDebug = false

  @Option(
    help: ArgumentHelp(
      "Make head so many per cent slower on purpose, to see whether the gate notices.",
      valueName: "percent"))
  var slowHead: Double?

  @Option(
    help: ArgumentHelp("Also write the report here, as Markdown.", valueName: "file"),
    completion: .file(extensions: ["md"]))
  var markdown: String?

  @Option(
    help: ArgumentHelp("Also write a test report here, as JUnit XML.", valueName: "file"),
    completion: .file(extensions: ["xml"]))
  var junit: String?

  @OptionGroup var backends: BackendOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let interrupts = Interrupts()
    let stores = try stores()
    let terms = try terms()
    let builds = try GateBuilds(
      base: base, head: head, stores: stores, slowHeadPercent: slowHead, interrupts: interrupts)
    defer { withExtendedLifetime(builds) {} }
    var conductor = try GateConductor(
      terms, contenders: builds.contenders,
      showsProgress: StandardError.isTerminal && !output.json)
    let result = conductor.conduct()
    try write(result)
    let isUndecided = result.findings.contains(.inconclusive)
    if isUndecided, inconclusive == .warn {
      StandardError.write("weir: warning: some cells stayed inconclusive; raise --budget\n")
    }
    if let failure = result.failure { Failure.report(failure) }
    let finding = result.finding(strict: strict, failsInconclusive: inconclusive == .fail)
    if let finding { throw ExitCode(Int32(finding.rawValue)) }
  }

  /// Nil when base and head are programs.
  private func stores() throws -> GateStores? {
    guard [base, head].contains(where: BackendPlugins.isSharedObject) else { return nil }
    guard [base, head].allSatisfy(BackendPlugins.isSharedObject) else {
      throw CommandError(
        .usage,
        "--base \(base), --head \(head): one is a shared object and the other is not; give two "
          + "builds of weir, or two builds of one store")
    }
    let names = (try BackendPlugins.name(of: base), try BackendPlugins.name(of: head))
    guard names.0 == names.1 else {
      throw CommandError(
        .usage,
        "--base is the store `\(names.0)`, --head `\(names.1)`; give two builds of one store, or "
          + "compare two stores with `weir compare --by store`")
    }
    try BackendPlugins.load(backends.backends + [head])
    let head = head
    return GateStores(program: "/proc/self/exe") { path in
      BackendPlugins.variables(replacing: head, by: path)
    }
  }

  private func terms() throws -> GateConductor.Terms {
    let machine = try MachineOptions.thisMachine()
    let own = [
      seed.map { "--seed=\($0)" }, launches.map { "--launches=\($0)" },
    ].compactMap { $0 }
    let arguments =
      [path] + backends.backends.map { "--backend=\($0)" } + assignments.map { "--set=\($0)" }
      + primary.map { "--only=\($0)" } + own
    let planned = try JobOptions.parse(arguments).plan(machine: machine, fitsBudget: false)
    return GateConductor.Terms(
      name: planned.plan.name, cells: planned.plan.cells,
      rules: GateRules(margin: try GateMargin(parsing: delta), alpha: alpha),
      seed: planned.plan.seed, budget: try Nanoseconds(parsing: budget), allowsDebug: allowDebug)
  }

  private func write(_ result: GateResult) throws {
    let document = GateReport(result).document()
    if let markdown { try OutputFile(path: markdown).write(document.markdown()) }
    if let junit { try OutputFile(path: junit).write(GateJUnit(result).text) }
    if output.json {
      try StandardOutput.write(try JSONText.of(result))
    } else {
      try StandardOutput.write(document)
    }
  }
}
