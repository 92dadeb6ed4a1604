// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import SharedMemory
internal import Topology

struct MatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract: "Measure how near two ends and the memory between them can be, by placement.",
    discussion: """
      Producer × customer × home of the segment: latency by a ping-pong and throughput by a stream, \
      at one placement for each class of placements that the machine's symmetry makes alike. The \
      result is an ordinary run (weir report, weir reanalyze), shown as a heat map. Where a customer \
      copies to is no axis: customers check every byte in place and copy nothing.

      With --dry-run nothing is measured, and the machine may be one that is not here.

      Examples:
        weir matrix --out matrix.json --svg matrix.svg --memattrs matrix.xml
        weir matrix --store zmq-ipc --wait park --size 4KiB --budget 2m
        weir matrix --topology server.xml --dry-run --estimate
        weir matrix --synthetic 'numa:8 core:64 pu:1' --customers 512 --dry-run --estimate
      """)

  @OptionGroup var matrix: MatrixOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions
  @OptionGroup var measuring: MeasuringOptions

  @Option(
    help: ArgumentHelp(
      "Also draw the machine with what was measured into an SVG file.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  @Option(
    help: ArgumentHelp(
      "Also write the machine as hwloc XML with the values as memory attributes.",
      valueName: "file"),
    completion: .file(extensions: ["xml"]))
  var memattrs: String?

  @Flag(help: "Plan, and measure nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: what the plan costs, and what a model expects by NUMA distances.")
  var estimate = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !estimate || dryRun else {
      throw ValidationError("--estimate is about a plan; say --dry-run too")
    }
    guard !dryRun || (svg == nil && memattrs == nil && measuring.out == nil) else {
      throw ValidationError(
        "--out, --svg and --memattrs are about measurements, which --dry-run has none of")
    }
  }

  func run() throws {
    let begun = MonotonicTime.nanoseconds()
    let machine = try machine.machine()
    if dryRun {
      let plan = try matrix.plan(on: machine)
      return output.json
        ? try StandardOutput.write(try JSONText.of(plan.record(estimate: estimate)))
        : try StandardOutput.write(plan.document(estimate: estimate))
    }
    guard machine.isThisSystem else {
      throw CommandError(
        .usage,
        "cannot measure on a described machine (\(machine.origin)); add --dry-run to plan for it, or "
          + "run on the machine itself")
    }
    let interrupts = Interrupts()
    let build = BuildInfo.current(version: Weir.version)
    try measuring.check(build)
    let plan = try matrix.plan(on: machine, reserve: MeasuringOptions.reserve)
    let outcome = try measuring.measure(plan.planned, machine, build, interrupts, begun: begun)
    try output.print(outcome.run) { $0.matrixDocument() }
    try writeFiles(outcome.run, plan)
    try outcome.end()
  }

  private func writeFiles(_ run: Run, _ plan: MatrixPlan) throws {
    guard let matrix = PlacementMatrix(run) else {
      if svg != nil || memattrs != nil {
        StandardError.write("no picture and no memory attributes: nothing was measured\n")
      }
      return
    }
    if let svg {
      try OutputFile(path: svg).write(matrix.svg(on: plan.machine))
      StandardError.write("drew \(svg)\n")
    }
    if let memattrs {
      let attributes = matrix.memoryAttributes(on: plan.machine, classes: plan.classes)
      try OutputFile(path: memattrs).write(
        try plan.machine.xml(adding: attributes, notes: matrix.attributeNotes))
      StandardError.write("wrote \(attributes.count) memory attributes to \(memattrs)\n")
    }
  }
}
