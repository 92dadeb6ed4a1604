// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios

struct CrossCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crosscheck",
    abstract: "Compare this machine's measured limits with what public tools say of it.",
    discussion: """
      Pipe, futex and cache-line ping-pongs, memcpy, memset and reads, each beside a tool that \
      anybody can install: perf bench, python3, stress-ng and likwid-bench. A tool that is not \
      there is named with its package, and its rows are unavailable.

      Exits with 9 when a row differs by more than is tolerated and nothing explains it.

      Example:
        weir crosscheck --rounds 12 --size 64KiB,16MiB
      """)

  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("Rounds, at least 6 for an interval.", valueName: "number"))
  var rounds = CrossCheck.fewestRounds

  @Option(
    help: ArgumentHelp("Sizes of copies, reads and writes, by commas.", valueName: "sizes"))
  var size = "64KiB,1MiB,16MiB"

  @Option(help: ArgumentHelp("Where the asking end sits.", valueName: "place"))
  var producer = "core:0"

  @Option(help: ArgumentHelp("Where the answering end sits.", valueName: "place"))
  var customer = "core:1"

  @Option(
    help: ArgumentHelp("Also write the report here, as Markdown.", valueName: "file"),
    completion: .file(extensions: ["md"]))
  var markdown: String?

  @Flag(help: "Compare with a debug build too.")
  var allowDebug = false

  func validate() throws {
    guard rounds >= CrossCheck.fewestRounds else {
      throw ValidationError(
        "--rounds \(rounds) gives no interval; at least \(CrossCheck.fewestRounds)")
    }
  }

  func run() throws {
    let interrupts = Interrupts()
    let machine = try MachineOptions.thisMachine()
    let build = BuildInfo.current(version: Weir.version)
    guard build.isRelease || allowDebug else {
      throw CommandError(
        .measurementInvalid,
        "a debug build's limits are its own; build with -c release, or say --allow-debug")
    }
    let sizes = try size.split(separator: ",").map { try ByteCount(parsing: String($0)) }
    let launcher = Launcher(
      machine: machine, book: WeirScenarios.book, clock: .calibrated(), interrupts: interrupts)
    let check = try CrossCheck(
      launcher: launcher,
      placement: .parts(producer: producer, customer: customer, segment: "producer"),
      sizes: sizes, rounds: rounds)
    let findings = try check.run { stage in
      if StandardError.isTerminal { StandardError.write("\r\u{1B}[K\(stage)") }
    }
    if StandardError.isTerminal { StandardError.write("\r\u{1B}[K") }
    let info = MachineInfo.current(machine: machine)
    let document = CrossCheckFinding.document(
      findings, rounds: rounds, machine: info, build: build)
    if let markdown { try OutputFile(path: markdown).write(document.markdown()) }
    if output.json {
      try StandardOutput.write(
        try JSONText.of(Record(machine: info, build: build, rounds: rounds, findings: findings)))
    } else {
      try StandardOutput.write(document)
    }
    if findings.contains(where: { $0.verdict == .differs }) {
      throw ExitStatus.measurementInvalid.exitCode
    }
  }

  private struct Record: Encodable {
    let schema = "weir-crosscheck/1"
    let machine: MachineInfo
    let build: BuildInfo
    let rounds: Int
    let findings: [CrossCheckFinding]
  }
}
