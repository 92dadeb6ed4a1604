// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Conformance
internal import Harness
internal import Scenarios
internal import Transport

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Prove that the stores do what they declare.",
    discussion: """
      Each check states one property and looks for its violation, over serializers, customers in \
      threads and in processes, and every backpressure. A hang is a violation. What is random is \
      drawn from --seed.

      What a job compares the stores with can be named too: a pipe, a socket or ZeroMQ has checks of its \
      own, of what it declares. So has a store of yours, in a shared object.

      With --faults crash, producers and customers in processes of their own are killed at random \
      moments instead, and the survivors are looked at: they must go on or learn of it, and nothing \
      wrong may be delivered or left behind.

      Exits with 0 when everything held, and with 10 at a violation, saying how to repeat it.

      Examples:
        weir check
        weir check shm --only 'end-*' --seed 7
        weir check pipe zmq-ipc
        weir check --backend ./libstore.so
        weir check queue shm --faults crash --trials 10000
        weir check shm --faults crash --seed 1 --trial 17
      """)

  @Argument(
    help: ArgumentHelp(
      "list, queue or shm, by default all three; or a peer, such as pipe; or one of --backend, which is "
        + "the default then.", valueName: "store"))
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

  @OptionGroup var backends: BackendOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard trials >= 1 else { throw ValidationError("--trials takes 1 or more") }
    guard trial.map({ $0 >= 0 }) ?? true else { throw ValidationError("--trial takes 0 or more") }
    guard faults != nil || trial == nil else {
      throw ValidationError("--trial repeats a crash trial; say --faults crash too")
    }
  }

  func run() throws {
    try backends.load()
    let chosen = try chosenStores()
    if let faults {
      guard faults == "crash" else {
        throw CommandError(
          .usage,
          "unknown faults `\(faults)`; \(EditDistance.remedy(for: faults, known: ["crash"]))")
      }
      if let peer = chosen.first(where: PeerSuite.peers.contains) {
        throw CommandError(
          .usage,
          "\(peer) has no crash trials; its ends are killed by `weir check \(peer) --only "
            + "'peer-killed-*'`")
      }
      return try runTrials(chosen.compactMap(StoreKind.init))
    }
    let plan = CheckPlan(stores: chosen, seed: seed, isHuge: huge)
    let checks = try plan.checks(matching: only)
    if list { return try print(CheckListing(checks: checks, stores: chosen)) }
    try run(checks, plan)
  }

  private func chosenStores() throws -> [String] {
    let names = CheckPlan.stores + PeerSuite.peers
    for name in stores where !names.contains(name) {
      throw CommandError(
        .usage, "unknown store `\(name)`; \(EditDistance.remedy(for: name, known: names))")
    }
    guard stores.isEmpty else { return stores }
    return backends.backends.isEmpty ? CheckPlan.stores : BackendPlugins.names
  }

  private func run(_ checks: [ListedCheck], _ plan: CheckPlan) throws {
    let steps = plan.steps(checks)
    var progress = ProgressLine(total: steps.count, expected: .seconds(40))
    var findings: [Finding] = []
    for step in steps {
      progress.begin("\(step.store) \(step.check)")
      let finding = step.run()
      findings.append(finding)
      progress.advance()
      if failFast, finding.violation != nil { break }
    }
    progress.clear()
    plan.close()
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
