// SPDX-License-Identifier: Apache-2.0
import Testing

/// What the command does with what people get wrong.
@Suite(.timeLimit(.minutes(2))) struct UsageTests {
  private static let cells = ["list", "cells", "job.yaml"]

  @Test(
    arguments: [
      (cells + ["--set", "sixe=64B"], "did you mean `size`?"),
      (cells + ["--set", "size"], "has no `=`"), (cells + ["--size", "64kB"], "write 64KiB"),
      (cells + ["--store", "shn"], "did you mean `shm`?"),
      (cells + ["--serializer", "smal"], "did you mean `small`?"),
      (cells + ["--wait", "prak"], "did you mean `park`?"),
      (cells + ["--workload", "steam"], "did you mean `stream`?"),
      (cells + ["--placement", "same-l4"], "did you mean `same-l3`?"),
      (cells + ["--placement", "producer=corn:0"], "has no kind 'corn'"),
      (cells + ["--launches", "many"], "not a whole number"),
      (cells + ["--measure", "1"], "write 1ms or 1s"),
      (cells + ["--verify", "ful"], "did you mean `full`?"),
      (cells + ["--budget", "soon"], "is not a duration"),
      (cells + ["--only", "nothing*"], "no cell of sample matches"),
      (cells + ["--require", "cros-node"], "did you mean `cross-node`?"),
      (["topology", "--synthetic", "package:x"], "write kind:count"),
      (["topology", "--xml", "absent.xml"], "check the path"),
      (["list", "presets", "--synthetic", ""], "is empty"),
    ])
  func wrongValuesAreUsageErrorsWithARemedy(arguments: [String], remedy: String) throws {
    let weir = try WeirProcess(arguments, in: SampleJob.scratch())
    #expect(weir.status == 64)
    #expect(weir.refusedInOneLine, "\(weir.errors)\(weir.output)")
    #expect(weir.errors.contains(remedy), "\(weir.errors)")
  }

  @Test func anUnknownKeyOfAJobIsAnsweredWithItsLineAndTheNearest() throws {
    let scratch = try Scratch()
    try scratch.write("schema: 1\naxis: { size: [64B] }\n", to: "job.yaml")
    let weir = try WeirProcess(Self.cells, in: scratch)
    #expect(weir.status == 64)
    #expect(weir.errors.hasPrefix("weir: job.yaml:2: unknown key `axis`; did you mean `axes`?"))
    #expect(weir.refusedInOneLine)
  }

  @Test(
    arguments: [
      (["list", "cells", "absent.yaml"], "absent.yaml: the job file cannot be read"),
      (["report", "absent.json"], "absent.json: the run cannot be read; check the path"),
      (["report", "job.yaml"], "job.yaml: not a readable run"),
      (["topology", "--svg", "absent/machine.svg"], "choose a directory that exists"),
    ])
  func filesThatCannotBeUsedAreNamed(arguments: [String], problem: String) throws {
    let weir = try WeirProcess(arguments, in: SampleJob.scratch())
    #expect(weir.status == 1)
    #expect(weir.refusedInOneLine, "\(weir.errors)")
    #expect(weir.errors.contains(problem), "\(weir.errors)")
  }

  @Test(
    arguments: [
      ["frobnicate"], ["list", "cells"], ["list", "nothing"], ["doctor", "--frobnicate"],
      ["topology", "--width", "3"], ["topology", "--synthetic", "core:1", "--xml", "x"],
      ["report", "run.json", "--format", "html"],
      ["report", "run.json", "--format", "markdown", "--json"],
    ])
  func theParsersOwnErrorsExitWith64(arguments: [String]) throws {
    let weir = try WeirProcess(arguments)
    #expect(weir.status == 64)
    #expect(weir.output.isEmpty)
    #expect(weir.errors.contains("Usage: weir"))
  }

  @Test func helpAndVersionAreResults() throws {
    let help = try WeirProcess(["--help"])
    #expect(help.status == 0)
    #expect(help.errors.isEmpty)
    #expect(help.output.contains("130  interrupted"))
    #expect(try WeirProcess([]).output == help.output)
    let version = try WeirProcess(["--version"])
    #expect(version.status == 0)
    #expect(version.output.split(separator: ".").count == 3)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsAreGenerated(shell: String) throws {
    let script = try WeirProcess(["--generate-completion-script", shell])
    #expect(script.status == 0)
    #expect(script.output.contains("topology"))
  }
}
