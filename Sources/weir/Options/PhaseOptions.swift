// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// How often and how long each cell is measured; shared by every command that makes a plan.
struct PhaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Launches per cell.", valueName: "count"))
  var launches: String?

  @Option(help: ArgumentHelp("Measured time per launch, such as 1s.", valueName: "time"))
  var measure: String?

  @Option(help: ArgumentHelp("Warm-up per launch, such as 200ms.", valueName: "time"))
  var warmup: String?

  @Option(help: ArgumentHelp("Seed of order, payloads and arrivals.", valueName: "number"))
  var seed: String?

  @Option(
    help: ArgumentHelp(
      "How much of a payload customers check: full, sampled, header, off.", valueName: "level"))
  var verify: String?

  @Option(
    help: ArgumentHelp(
      "Time that the whole command takes, such as 60s, within a twentieth.",
      discussion:
        "A run spends what its first launches leave where numbers are known least, and cuts"
        + " phases when even those do not fit.", valueName: "time"))
  var budget: String?

  /// What replaces a default of the job, in the words of `--set`.
  var overrides: [String] {
    [
      ("launches", launches), ("measure", measure), ("warmup", warmup), ("seed", seed),
      ("verify", verify), ("budget", budget),
    ].compactMap { key, value in value.map { "\(key)=\($0)" } }
  }
}
