// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Conformance
internal import Harness
internal import Transport

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Prove that the stores do what they declare.",
    discussion: """
      Each check states one property and looks for its violation, over serializers, customers in \
      threads and in processes, and every backpressure. A hang is a violation. What is random is \
      drawn from --seed.

      With --faults crash, producers and customers in processes of their own are killed at random \
      moments instead, and the survivors are looked at: they must go on or learn of it, and nothing \
      wrong may be delivered or left behind.

      Exits with 0 when everything held, and with 10 at a violation, saying how to repeat it.

      Examples:
        weir check
        weir check shm --only 'end-*' --seed 7
        weir check queue shm --faults crash --trials 10000
        weir check shm --faults crash --seed 1 --trial 17
      """)

  @Argument(help: ArgumentHelp("list, queue or shm; all of them by default.", valueName: "store"))
  var stores: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only checks whose id matches; * stands for anything. Repeatable.", valueName: "glob"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: "List the checks and what they state, and run none.")
  var list = false

  @Flag(help: "Stop at the first violation.")
  var failFast = false

  @Flag(help: "Also try a payload above 2 GiB, where memory allows.")
  var huge = false

  @Option(help: ArgumentHelp("Kill instead of check: crash.", valueName: "kind"))
  var faults: String?

  @Option(help: ArgumentHelp("Crash trials per store.", valueName: "n"))
  var trials = 1000

  @Option(help: ArgumentHelp("Repeat this crash trial alone.", valueName: "k"))
  var trial: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard trials >= 1 else { throw ValidationError("--trials takes 1 or more") }
    guard trial.map({ $0 >= 0 }) ?? true else { throw ValidationError("--trial takes 0 or more") }
    guard faults != nil || trial == nil else {
      throw ValidationError("--trial repeats a crash trial; say --faults crash too")
    }
  }

  func run() throws {
    let chosen = try chosenStores()
    if let faults {
      guard faults == "crash" else {
        throw CommandError(
          .usage,
          "unknown faults `\(faults)`; \(EditDistance.remedy(for: faults, known: ["crash"]))")
      }
      return try runTrials(chosen)
    }
    let checks = try chosenChecks()
    if list { return try print(CheckListing(checks: checks, stores: chosen)) }
    try runSuite(checks, chosen)
  }

  private func chosenStores() throws -> [StoreKind] {
    let names = StoreKind.allCases.map(\.rawValue)
    let chosen = try stores.map { name in
      guard let store = StoreKind(rawValue: name) else {
        throw CommandError(
          .usage, "unknown store `\(name)`; \(EditDistance.remedy(for: name, known: names))")
      }
      return store
    }
    return chosen.isEmpty ? StoreKind.allCases : chosen
  }

  private func chosenChecks() throws -> [Check] {
    guard !only.isEmpty else { return Suite.checks }
    let chosen = Suite.checks.filter { check in only.contains { Glob($0).matches(check.id) } }
    guard !chosen.isEmpty else {
      throw CommandError(
        .usage,
        "no check matches --only \(only.joined(separator: " ")); list the ids with "
          + "`weir check --list`")
    }
    return chosen
  }

  private func runSuite(_ checks: [Check], _ stores: [StoreKind]) throws {
    let pool = CheckPeerCommand.pool()
    let run = SuiteRun(peers: pool, effort: Effort(isHuge: huge), seed: seed)
    var progress = ProgressLine(total: checks.count * stores.count, expected: .seconds(40))
    var findings: [Finding] = []
    for (store, check) in stores.flatMap({ store in checks.map { (store, $0) } }) {
      progress.begin("\(store.rawValue) \(check.id)")
      let finding = run.run(check, on: store)
      findings.append(finding)
      progress.advance()
      if failFast, finding.violation != nil { break }
    }
    progress.clear()
    pool.close()
    let report = CheckReport(findings: findings, seed: seed)
    try print(report)
    if let failure = report.failure { throw CommandError(.conformanceFailed, failure) }
  }

  private func runTrials(_ stores: [StoreKind]) throws {
    let tried = stores.filter { $0 != .list }
    guard !tried.isEmpty else {
      throw CommandError(
        .usage, "the ends of a list share one process, which dies as a whole; try queue or shm")
    }
    let numbers = trial.map { $0..<$0 + 1 } ?? 0..<trials
    let isShown = StandardError.isTerminal
    var reports: [CrashReport] = []
    for store in tried {
      let pool = CheckPeerCommand.pool()
      let trials = CrashTrials(store: store, seed: seed, peers: pool)
      reports.append(
        trials.run(numbers) { done in
          guard isShown, done % 16 == 0 else { return }
          StandardError.write("\r\u{1B}[K\(store.rawValue): \(done) of \(numbers.count) trials")
        })
    }
    if isShown { StandardError.write("\r\u{1B}[K") }
    let result = CrashSummary(reports: reports)
    try print(result)
    if let failure = result.failure { throw CommandError(.conformanceFailed, failure) }
  }

  private func print(_ result: some CheckResult) throws {
    if output.json {
      try StandardOutput.write(try JSONText.of(result.record))
    } else {
      try StandardOutput.write(result.document)
    }
  }
}
