// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Topology

struct TopologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Show the machine, and where a job can place its ends.",
    discussion: """
      Boxes are packages, NUMA nodes, L3 caches and cores; numbers in them are PUs, which is what \
      pu:N and core:N of a job's placement count. Below stands what each placement preset comes to \
      here, and what cannot be had, with the reason.

      Examples:
        weir topology --svg machine.svg
        weir topology --synthetic 'package:2 numa:2 core:4 pu:2'
      """)

  @OptionGroup var machine: MachineOptions

  @Option(
    help: ArgumentHelp("Also draw the machine into an SVG file.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  @Option(
    help: ArgumentHelp("Columns of the picture; by default those of the terminal.", valueName: "n"))
  var width: Int?

  @Flag(help: "Draw with +, - and | instead of box characters.")
  var ascii = false

  @OptionGroup var output: OutputOptions

  static let widths = 20...1000
  private static let widestByDefault = 120

  func validate() throws {
    guard width.map(Self.widths.contains) ?? true else {
      throw ValidationError(
        "--width takes \(Self.widths.lowerBound) to \(Self.widths.upperBound) columns")
    }
  }

  func run() throws {
    let machine = try machine.machine()
    if let svg {
      try OutputFile(path: svg).write(machine.svg())
      StandardError.write("drew \(svg)\n")
    }
    let survey = PlacementSurvey(machine)
    if output.json {
      try StandardOutput.write(try JSONText.of(survey))
    } else {
      try StandardOutput.write(
        machine.picture(width: columns, style: ascii ? .ascii : .unicode) + "\n" + survey.text)
    }
  }

  private var columns: Int {
    let terminal = StandardOutput.columns.map { min($0, Self.widestByDefault) }
    return width ?? max(terminal ?? 100, Self.widths.lowerBound)
  }
}
