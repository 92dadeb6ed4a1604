// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

struct ReanalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reanalyze",
    abstract: "Compute a recorded run's numbers again from its samples.",
    discussion: """
      A run holds the histogram and the slices of every launch. Every number that `weir report` prints \
      follows from them: computed again they are the same, bit for bit, or the file or the analysis has \
      changed since.

      Exits with 0 when all are the same, and with 9 when some differ, naming the cells.

      Examples:
        weir reanalyze Results/host/default.json
        weir reanalyze old.json --out new.json   # as this build would have summarised it
      """)

  @Argument(
    help: ArgumentHelp("A run, as `weir run --out` writes it.", valueName: "run.json"),
    completion: .file(extensions: ["json"]))
  var path: String

  @Option(
    help: ArgumentHelp("Write the run with its numbers as computed now.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var out: String?

  func run() throws {
    let stored = try Run(path: path)
    let computed = stored.reanalysed()
    if let out { try OutputFile(path: out).write(try computed.json()) }
    let changed = zip(stored.cells, computed.cells).filter { $0.summary != $1.summary }
    guard let first = changed.first else {
      return try StandardOutput.write(
        "\(stored.cells.count) cells, every number as stored\n")
    }
    for (cell, _) in changed { try StandardOutput.write("differs: \(cell.cell.id)\n") }
    throw CommandError(
      .measurementInvalid,
      "\(changed.count) of \(stored.cells.count) cells are not what their samples say, the first "
        + "\(first.0.cell.id); report the run with the build that recorded it, or keep what --out "
        + "writes")
  }
}
