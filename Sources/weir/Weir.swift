// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The command. Synchronous, so that workers are spawned from the main thread: a worker is killed
/// when the thread that started it ends.
@main
struct Weir: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weir",
    abstract: "Measure how fast data moves between processes on this machine.",
    discussion: """
      Weir answers one question with numbers that hold: which store should carry my data between \
      these processes, on this machine, and did a change make it slower?

      A job file names axes (store, serializer, size, wait, placement); their product is a plan of \
      cells. Each cell is measured in several launches of fresh processes, pinned to CPUs, with \
      every message verified. A run is one JSON file, from which all tables and plots are made.

      Start with:
        weir doctor           what will disturb a measurement here
        weir topology         the machine, and which placements it has
        weir list cells JOB   what a job would measure, and what it would skip
        weir run JOB          measure it
        weir slo --p99 50us   the highest rate that keeps a bound
        weir matrix           every placement of two ends and the memory between them
        weir report RUN.json  the tables of a recorded run
        weir explain RUN.json CELL  what limits one of its cells
        weir gate             did a build become slower than another?
        weir count            what a message costs in system calls, allocations and copies
        weir inspect          the rings that are open now
        weir check            prove that the stores do what they declare
        weir selftest         prove that the harness finds what is known to be true

      Results go to standard output and everything else to standard error. --json prints results \
      as JSON. NO_COLOR turns colours off.

      Exit codes:
      \(ExitStatus.table)
      """,
    version: version,
    subcommands: seededBugs + [
      RunCommand.self, MatrixCommand.self, SloCommand.self, GateCommand.self, CompareCommand.self,
      BaselineCommand.self, LaunchCommand.self, WorkerCommand.self, ListCommand.self,
      ReportCommand.self,
      TopologyCommand.self, DoctorCommand.self, InspectCommand.self, CheckCommand.self,
      CheckPeerCommand.self, CheckEndCommand.self, CountCommand.self, CountScriptCommand.self,
      SelfTestCommand.self, CleanCommand.self,
      SchemaCommand.self, ReanalyzeCommand.self, CrossCheckCommand.self, ExplainCommand.self,
      ManCommand.self,
    ])

  /// Only in builds that can switch bugs on.
  private static var seededBugs: [any ParsableCommand.Type] {
    #if WEIR_MUTANTS
      [MutantsCommand.self]
    #else
      []
    #endif
  }

  static let version = "0.1.0"

  /// Parses, runs and exits with the code that ``ExitStatus`` documents.
  static func main() {
    // Started by the thousand in crash trials: parsing would cost as much as the rest of its start.
    if Array(CommandLine.arguments.dropFirst()) == CheckPeerCommand.arguments {
      return CheckPeerCommand.play()
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(with: error)
    }
  }
}
