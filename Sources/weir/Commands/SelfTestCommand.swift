// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Prove that the harness finds what is known to be true.",
    discussion: """
      Synthetic stores go through everything that a measured store goes through: plan, processes, \
      phases, analysis, exit code. They take times drawn from known distributions, block once a second \
      under an open load, lose, repeat, swap and damage messages, and leave their CPU. What the harness \
      says must be what they did; stores that do nothing wrong must not be blamed.

      A check that misses while the machine took CPUs away from the workers is measured again, up to \
      three times, and is then not held against the harness (disturbed, exit 7).

      Exits with 0 when everything held, and with 10 when something did not.

      Examples:
        weir selftest
        weir selftest --short --seed 7 --json
      """)

  @Flag(help: "Everything once, in seconds instead of minutes.")
  var short = false

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
  var seed = 1

  @Flag(help: "Show no progress on a terminal.")
  var quiet = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0..<1 << 53).contains(seed) else {
      throw ValidationError("--seed takes 0 or more, below 2^53")
    }
  }

  func run() throws {
    let interrupts = Interrupts()
    let test = SelfTest(
      short ? .short : .full, seed: seed, machine: try MachineOptions.thisMachine(),
      build: .current(version: Weir.version), interrupts: interrupts,
      showsProgress: !quiet && StandardError.isTerminal)
    let report = SelfTestReport(rows: try test.run(), seed: seed, isShort: short)
    if output.json {
      try StandardOutput.write(try JSONText.of(report.record))
    } else {
      try StandardOutput.write(report.document)
    }
    if let failure = report.failure { throw failure }
  }
}
