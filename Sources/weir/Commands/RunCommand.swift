// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios
internal import SharedMemory
internal import Topology

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Measure the cells of a job and print their tables.",
    discussion: """
      Each cell is measured in several launches of fresh processes, interleaved with those of all \
      other cells, beside the machine's own limits. The result file is valid at every moment: an \
      interrupted run keeps what it has.

      Examples:
        weir run Benchmarks/Jobs/default.yaml --out run.json
        weir run job.yaml --store shm --size 64B,1MiB --launches 12
        weir run job.yaml --require cross-node --json
      """)

  @OptionGroup var job: JobOptions
  @OptionGroup var measuring: MeasuringOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let begun = MonotonicTime.nanoseconds()
    let interrupts = Interrupts()
    let machine = try MachineOptions.thisMachine()
    let build = BuildInfo.current(version: Weir.version)
    try measuring.check(build)
    let planned = try job.plan(machine: machine, reserve: MeasuringOptions.reserve)
    let outcome = try measuring.measure(planned, machine, build, interrupts, begun: begun)
    try output.print(outcome.run) { $0.document() }
    try outcome.end()
  }
}
