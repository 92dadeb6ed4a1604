// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

/// What every command that prints results takes.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON instead of text.")
  var json = false

  /// Prints a run: as JSON when asked, else as a document made from its report.
  func print(_ run: Run, as document: (Report) -> Document) throws {
    if json {
      try StandardOutput.write(try run.json())
    } else {
      try StandardOutput.write(document(Report(run)))
    }
  }
}
