// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Keep runs under names, to compare others with.",
    discussion: """
      Kept per user, in $WEIR_BASELINES, else $XDG_DATA_HOME/weir/baselines, else \
      ~/.local/share/weir/baselines, with the fingerprint of their machine: a baseline from \
      another machine is refused by compare.

      A baseline was measured at another time. To tell whether a build became slower, use gate.

      Examples:
        weir baseline save main run.json
        weir compare --baseline main new.json
      """, subcommands: [Save.self, List.self, Show.self, Remove.self])

  static var store: BaselineStore {
    BaselineStore(environment: ProcessInfo.processInfo.environment)
  }

  /// - Throws: `CommandError` (5) when there is none.
  static func run(_ name: String) throws -> Run {
    guard let run = try store.run(name) else { throw missing(name) }
    return run
  }

  static func missing(_ name: String) -> CommandError {
    let names = store.names
    let known = names.isEmpty ? "there are none yet" : "there are \(names.joined(separator: ", "))"
    return CommandError(
      .baselineMissing,
      "no baseline is named \(name), \(known); keep one with `weir baseline save \(name) RUN.json`")
  }

  struct Save: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "save", abstract: "Keep a run as a baseline.")

    @Argument(help: "The name.") var name: String
    @Argument(
      help: ArgumentHelp("A run, as `weir run --out` writes it.", valueName: "run.json"),
      completion: .file(extensions: ["json"]))
    var path: String
    @Flag(help: "Replace a baseline of that name.") var replace = false

    func run() throws {
      let run = try Run(path: path)
      guard run.status == .ok else {
        throw CommandError(
          .measurementInvalid,
          "\(path) is \(run.status.rawValue), which nothing can be compared with; record a whole run with a "
            + "release build")
      }
      try BaselineCommand.store.save(run, as: name, replaces: replace)
      StandardError.write("kept \(name) for machine \(run.machine.fingerprint)\n")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the baselines.")

    @OptionGroup var output: OutputOptions

    func run() throws {
      let store = BaselineCommand.store
      let entries = try store.names.compactMap { name in
        try store.run(name).map { BaselineEntry(name, $0) }
      }
      try Listing(name: "baselines", entries: entries).print(output)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print the tables of a baseline.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var output: OutputOptions

    func run() throws {
      let run = try BaselineCommand.run(name)
      if output.json {
        try StandardOutput.write(try run.json())
      } else {
        try StandardOutput.write(Report(run).document())
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forget a baseline.")

    @Argument(help: "The name.") var name: String

    func run() throws {
      guard try BaselineCommand.store.remove(name) else { throw BaselineCommand.missing(name) }
    }
  }
}

private struct BaselineEntry: ListingEntry {
  let name: String
  let job: String
  let started: String
  let build: String
  let cells: Int
  let machineFingerprint: String

  enum CodingKeys: String, CodingKey {
    case name, job, started, build, cells
    case machineFingerprint = "machine_fingerprint"
  }

  init(_ name: String, _ run: Run) {
    self.name = name
    job = run.header.name
    started = run.header.started
    build = run.build.label
    cells = run.cells.count
    machineFingerprint = run.machine.fingerprint
  }

  static let columns = ["name", "job", "started", "build", "cells", "machine"]
  var fields: [String] { [name, job, started, build, "\(cells)", machineFingerprint] }
}
