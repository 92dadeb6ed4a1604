// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Print effect sizes between two recorded runs, or within one.",
    discussion: """
      Like is compared with like: equal load, wait, verification and placement, on one machine. What \
      differs in them is listed and not compared; when nothing is left the command exits with 5. \
      How many times faster is only said where the interval leaves equality out.

      Two runs were measured at two times, and what the host did in between is in their ratio: only \
      gate gives a verdict. With --force, runs of two machines are compared by shares of each machine's \
      limits.

      Examples:
        weir compare old.json new.json
        weir compare --baseline main new.json
        weir compare run.json --by store --reference shm
      """)

  @Argument(
    help: ArgumentHelp(
      "Runs, as `weir run --out` writes them; the first is the reference.",
      valueName: "run.json"),
    completion: .file(extensions: ["json"]))
  var runs: [String]

  @Option(help: ArgumentHelp("Take this baseline as the reference.", valueName: "name"))
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "Compare the cells of one run by store, serializer or depth.",
      valueName: "axis"))
  var by: String?

  @Option(help: ArgumentHelp("The value that the others are compared with.", valueName: "value"))
  var reference: String?

  @Flag(help: "Compare runs of two machines, as shares of their limits.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (by == nil) == (reference == nil) else {
      throw ValidationError("--by and --reference belong together")
    }
    guard by == nil || baseline == nil else {
      throw ValidationError("--by compares within one run; leave --baseline out")
    }
    let wanted = by != nil || baseline != nil ? 1 : 2
    guard runs.count == wanted else {
      throw ValidationError("give \(wanted == 1 ? "one run" : "two runs"), not \(runs.count)")
    }
  }

  func run() throws {
    let comparison = try comparison()
    if output.json {
      try StandardOutput.write(try JSONText.of(comparison))
    } else {
      try StandardOutput.write(ComparisonReport(comparison).document())
    }
  }

  private func comparison() throws -> Comparison {
    let read = try runs.map { (name: Self.name($0), run: try Run(path: $0)) }
    do {
      if let by, let reference {
        return try Comparison(
          read[0].run, by: try ComparisonAxis(parsing: by), reference: reference)
      }
      let base = try baseline.map { (name: $0, run: try BaselineCommand.run($0)) } ?? read[0]
      return try Comparison(base: base, head: read[read.count - 1], isForced: force)
    } catch let refusal as ComparisonRefusal {
      throw CommandError(.baselineMissing, refusal.description)
    }
  }

  private static func name(_ path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }
}
