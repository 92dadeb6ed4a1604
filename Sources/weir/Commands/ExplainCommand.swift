// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what limits a cell of a recorded run, and what to try next.",
    discussion: """
      Rules look at what the run holds: the share of the machine's limits, busy cores, sleeps, faults \
      and run delay by message, drops, regimes, intervals, and the other cells of the run. What was \
      not recorded is listed as unavailable and never guessed.

      A cell is named by its id, by the beginning of one, or by a pattern in which * stands for any \
      run of characters; exits with 64 when that is not exactly one cell.

      Examples:
        weir explain run.json 'stream/shm/large/1MiB/*'
        weir explain run.json 'pingpong/*/64B/*spin/*' --json
      """)

  @Argument(
    help: ArgumentHelp("A run, as `weir run --out` writes it.", valueName: "run.json"),
    completion: .file(extensions: ["json"]))
  var path: String

  @Argument(help: "The cell: an id, its beginning, or a pattern with *.")
  var cell: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let run = try Run(path: path)
    let explanation = Explainer(run).explain(try run.cell(matching: cell))
    if output.json {
      try StandardOutput.write(try JSONText.of(explanation))
    } else {
      try StandardOutput.write(explanation.document())
    }
  }
}
