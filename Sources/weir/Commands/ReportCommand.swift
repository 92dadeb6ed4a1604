// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Topology

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the tables of a recorded run, and draw its plots.",
    discussion: """
      Everything is made from the one file: numbers are grouped by what may be compared, with what \
      is missing and why. Plots need gnuplot; script and data stay beside each SVG, to redraw it. The \
      HTML page needs nothing: it has the tables, pictures and every cell in one file, for any browser, \
      without a network.

      Examples:
        weir report Results/host/compare.json
        weir report run.json --format markdown > run.md
        weir report run.json --plot plots
        weir report run.json --html run.html
        weir report run.json --format junit > weir.xml
        weir report run.json --format bencher > bmf.json
      """)

  /// As it prints itself, or as another tool reads it.
  enum Format: ExpressibleByArgument, Equatable {
    case terminal, markdown, json
    case export(Export)

    private static let own: [(String, Format)] = [
      ("terminal", .terminal), ("markdown", .markdown), ("json", .json),
    ]

    init?(argument: String) {
      let format =
        Self.own.first { $0.0 == argument }?.1 ?? Export(rawValue: argument).map(Format.export)
      guard let format else { return nil }
      self = format
    }

    static var allValueStrings: [String] { own.map(\.0) + Export.allCases.map(\.rawValue) }
  }

  @Argument(
    help: ArgumentHelp("A run, as `weir run --out` writes it.", valueName: "run.json"),
    completion: .file(extensions: ["json"]))
  var path: String

  @Option(help: "How to print it, or which tool is to read it.")
  var format: Format?

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Also draw the run as SVG into a directory, which is made if missing.",
      valueName: "directory"), completion: .directory)
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "Also write the run as one HTML file with everything in it.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  func validate() throws {
    guard !json || format == nil || format == .json else {
      throw ValidationError("--json and --format name two formats; give one of them")
    }
  }

  func run() throws {
    let run = try Run(path: path)
    if let plot {
      let paths = try Plotter().render(run: run, to: plot)
      if paths.isEmpty {
        StandardError.write("no plots: no group of the run has two sizes\n")
      }
      for path in paths { StandardError.write("drew \(path)\n") }
    }
    if let html {
      let document = Report(run).document(for: .page, machine: Self.machine(of: run))
      try OutputFile(path: html).write(document.html())
      StandardError.write("wrote \(html)\n")
    }
    switch json ? .json : format ?? .terminal {
    case .terminal: try StandardOutput.write(Report(run).document())
    case .markdown: try StandardOutput.write(Report(run).document().markdown())
    case .json: try StandardOutput.write(try run.json())
    case .export(let export): try StandardOutput.write(try export.text(run))
    }
  }

  /// This machine, for a run that was recorded on it, or on one like it, before runs held their topology.
  private static func machine(of run: Run) -> Machine? {
    guard run.machine.topology == nil, let here = try? Machine.current() else { return nil }
    return here.fingerprint == run.machine.fingerprint ? here : nil
  }
}
