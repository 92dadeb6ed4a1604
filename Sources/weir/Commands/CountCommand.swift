// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Scenarios

struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count what a message costs: system calls, allocations, copies, page faults.",
    discussion: """
      Scripts that put a message and get it, in one thread, so that every run takes the same: no clock is \
      read and no load of the machine matters. System calls are counted by tracing (ptrace), allocations \
      and copies by standing before malloc and memcpy, page faults by the kernel. Counts are exact, and \
      of one build configuration: a debug build has its own.

      With --against, a counter of which there is more than in the file is a regression (exit 2); less is \
      said, and no failure. What this machine cannot count is n/a and not compared.

      With --instructions, valgrind (Debian: valgrind and binutils) counts the instructions of each script too; a \
      hundredth more than in the file is a regression. They depend on the C library and on the processor, \
      and are compared only with counts by the same of both.

      Examples:
        weir count
        weir count --instructions --only 'shm/*/64B'
        weir count --against Benchmarks/Counts/counts.json
        weir count --save Benchmarks/Counts/counts.json     # after a change that is meant
      """)

  @Option(
    help: ArgumentHelp("Compare with the counts in this file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var against: String?

  @Option(
    help: ArgumentHelp(
      "Write the counts into this file, beside those of other builds.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Only scripts whose name matches; * stands for anything. Repeatable.", valueName: "glob"))
  var only: [String] = []

  @Flag(help: "Count instructions too, in valgrind.")
  var instructions = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let scripts = CountScript.all.filter { script in
      only.isEmpty || only.contains { Glob($0).matches(script.name) }
    }
    guard !scripts.isEmpty else {
      throw CommandError(
        .usage,
        "no script matches --only \(only.joined(separator: " ")); `weir count` names them all")
    }
    let build = BuildInfo.current(version: Weir.version)
    // Another compiler allocates in other places.
    let key = "\(build.configuration) \(Self.architecture) swift-\(build.swift)"
    var known = try against.map { try Self.read($0) }
    if let known, let against, known.counts[key] == nil {
      throw CommandError(
        .baselineMissing,
        "\(against): no counts of a \(key) build; add them with `weir count --save \(against)`")
    }
    let (instructionCounter, trouble) = try counterOfInstructions(&known, key)
    var counts: [String: MessageCounts] = [:]
    var notes: Set<String> = Set([trouble].compactMap { $0 })
    for script in scripts {
      let arguments = CountScriptCommand.arguments + [script.name]
      let outcome = try CountedProcess.count(script.name, arguments: arguments)
      counts[script.name] = outcome.counts
      counts[script.name]?.instructions = try instructionCounter?.count(
        script.name, arguments: arguments + [CountScriptCommand.untraced])
      notes.formUnion(outcome.notes)
    }
    let before = known?.counts[key] ?? [:]
    let report = CountReport(
      key: key, counts: counts, notes: notes.sorted(),
      differences: CountsFile.differences(before, counts), isCompared: known != nil,
      unknown: known == nil ? [] : counts.keys.filter { before[$0] == nil }.sorted())
    if let save {
      try Self.write(
        counts, of: key, by: instructionCounter?.name, to: save, replacesAll: only.isEmpty)
    }
    if output.json {
      try StandardOutput.write(try JSONText.of(report.record))
    } else {
      try StandardOutput.write(report.document)
    }
    if let failure = report.failure { throw CommandError(failure.0, failure.1) }
  }

  /// What counts instructions if they are asked for, and why they are not counted or not compared; takes
  /// those that another counter counted out of the file that is compared with.
  private func counterOfInstructions(
    _ known: inout CountsFile?, _ key: String
  ) throws -> (InstructionCounter?, String?) {
    guard instructions else { return (nil, "instructions are counted with --instructions") }
    guard let counter = try InstructionCounter() else {
      return (
        nil, "instructions are counted by valgrind; install it (Debian: valgrind and binutils)"
      )
    }
    guard let then = known?.instructionCounters?[key], then != counter.name else {
      return (counter, nil)
    }
    known?.forgetInstructions(of: key)
    return (
      counter,
      "instructions are not compared: the file's were counted by \(then), these by \(counter.name)"
    )
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  private static func read(_ path: String) throws -> CountsFile {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError(
        .baselineMissing, "\(path): no such counts; write them with `weir count --save \(path)`")
    }
    guard let file = try? JSONDecoder().decode(CountsFile.self, from: data),
      file.schema == CountsFile.schemaName
    else {
      throw CommandError(
        .baselineMissing,
        "\(path): not counts of this weir (\(CountsFile.schemaName)); write them anew with --save")
    }
    return file
  }

  private static func write(
    _ counts: [String: MessageCounts], of key: String, by instructionCounter: String?,
    to path: String, replacesAll: Bool
  ) throws {
    var file =
      FileManager.default.fileExists(atPath: path) ? try read(path) : CountsFile()
    let kept = replacesAll ? [:] : file.counts[key] ?? [:]
    file.counts[key] = kept.merging(counts) { $1 }
    if replacesAll || instructionCounter != nil {
      var counters = file.instructionCounters ?? [:]
      counters[key] = instructionCounter
      file.instructionCounters = counters
    }
    try OutputFile(path: path).write(try JSONText.of(file))
  }
}

/// One script in the process that is counted. Started by `weir count` alone.
struct CountScriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count-script", abstract: "Run a script that is being counted.",
    shouldDisplay: false)

  static let arguments = ["count-script"]
  static let untraced = "--untraced"

  @Argument var name: String
  @Flag var untraced = false

  func run() throws {
    guard let script = CountScript(named: name) else {
      throw CommandError(.usage, "no script is named `\(name)`; `weir count` names them all")
    }
    try script.run(isTraced: !untraced)
  }
}
