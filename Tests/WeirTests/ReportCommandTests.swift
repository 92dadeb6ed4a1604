// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Scenarios
import Testing
import Topology

@Suite(.timeLimit(.minutes(2))) struct ReportCommandTests {
  /// A run of which nothing has been measured yet.
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    let catalog = WeirScenarios.catalog(machine: try Machine(synthetic: SampleJob.machine))
    let job = try Job(yaml: SampleJob.yaml, source: "job.yaml", catalog: catalog)
    let plan = try Plan(job, catalog: catalog)
    let run = Run(
      header: RunHeader(
        id: "r-1", plan: plan, started: "2026-01-02T03:04:05Z", command: ["weir", "run"],
        job: SampleJob.yaml),
      build: BuildInfo(
        version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "release"),
      machine: MachineInfo(fingerprint: "f", kernel: "Linux 6.1", cpu: "Example CPU"),
      clock: ClockInfo(source: "tsc", readCost: nil), roofline: Roofline())
    try RunWriter(path: scratch.path + "/run.json").write(run)
    return scratch
  }

  @Test func terminalIsTheDefault() throws {
    let weir = try WeirProcess(["report", "run.json"], in: scratch())
    #expect(weir.status == 0)
    #expect(weir.errors.isEmpty)
    #expect(weir.output.hasPrefix("sample\n"))
    #expect(weir.output.contains("!! PARTIAL RUN: 0 of 8 cells"))
    #expect(!weir.output.contains("\u{1b}"), "no colours in a file")
  }

  @Test func markdown() throws {
    let weir = try WeirProcess(["report", "run.json", "--format", "markdown"], in: scratch())
    #expect(weir.status == 0)
    #expect(weir.output.hasPrefix("# sample\n"))
  }

  @Test(arguments: [["--json"], ["--format", "json"], ["--format", "json", "--json"]])
  func jsonIsTheRunItself(options: [String]) throws {
    let scratch = try scratch()
    let weir = try WeirProcess(["report", "run.json"] + options, in: scratch)
    #expect(weir.output == (try scratch.text("run.json")))
  }

  @Test(arguments: Export.allCases) func otherToolsHaveTheirFormats(export: Export) throws {
    let scratch = try scratch()
    let weir = try WeirProcess(["report", "run.json", "--format", export.rawValue], in: scratch)
    #expect(weir.status == 0 && weir.errors.isEmpty)
    #expect(try weir.output == export.text(Run(path: scratch.path + "/run.json")))
  }

  @Test func anUnknownFormatIsRefusedWithTheKnownOnes() throws {
    let weir = try WeirProcess(["report", "run.json", "--format", "xml"], in: scratch())
    #expect(weir.status == 64)
    #expect(weir.errors.contains("junit") && weir.errors.contains("terminal"))
  }

  /// Every cell of a real run, in one file that asks nothing of the network.
  @Test func thePageHoldsTheWholeRun() throws {
    let path = try #require(PublishedRuns.of(job: "default"))
    let scratch = try Scratch()
    let weir = try WeirProcess(["report", path, "--html", "run.html"], in: scratch)
    #expect(weir.status == 0 && weir.errors == "wrote run.html\n", "\(weir.errors)")
    let page = try scratch.text("run.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("src=\"http") && !page.contains("href=\"http"))
    for cell in try Run(path: path).cells where cell.status == .ok {
      #expect(page.contains(cell.cell.id), "\(cell.cell.id)")
    }
  }

  @Test func plotsNeedTheirProgram() throws {
    let scratch = try scratch()
    let arguments = ["report", "run.json", "--plot", "plots"]
    let weir = try WeirProcess(arguments, in: scratch, environment: ["PATH": "/nowhere"])
    #expect(weir.status == 6)
    #expect(weir.refusedInOneLine)
    #expect(weir.errors.contains("apt-get install \(Plotter.package)"))
  }

  @Test(.enabled(if: (try? Plotter()) != nil, "gnuplot is not installed"))
  func aRunWithoutNumbersHasNoPlots() throws {
    let weir = try WeirProcess(["report", "run.json", "--plot", "plots"], in: scratch())
    #expect(weir.status == 0)
    #expect(weir.errors == "no plots: no group of the run has two sizes\n")
    #expect(weir.output.hasPrefix("sample\n"))
  }
}
