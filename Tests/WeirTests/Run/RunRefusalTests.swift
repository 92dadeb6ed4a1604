// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

extension RunTests {
  /// Input that cannot be measured: one line that says what to change, and before anything runs.
  @Suite struct RunRefusalTests {
    private func refuse(
      _ arguments: [String], job: String = RunJob.small, code: CInt, says texts: [String]
    ) throws {
      let run = try LiveRun(arguments, job: job)
      #expect(try run.end() == code, "\(run.errors)")
      #expect(RunTests.isOneLine(run.errors), "\(run.errors)")
      for text in texts { #expect(run.errors.contains(text), "\(run.errors)") }
      #expect(run.isGone())
    }

    @Test(
      arguments: [
        (["--size", "0"], "outside 1B to 1TiB"), (["--size=-1"], "write 1B or more"),
        (["--size", "5XB"], "such as 64KiB"), (["--size", "2TiB"], "outside 1B to 1TiB"),
        (["--store", "shn"], "did you mean `shm`?"),
        (["--serializer", "larg"], "did you mean `large`?"),
        (["--placement", "producer=corn:0"], "has no kind 'corn'"),
        (["--depth", "0"], "depth"), (["--launches", "0"], "launches"),
      ])
    func wrongValues(arguments: [String], remedy: String) throws {
      try refuse(arguments, code: 64, says: [remedy])
    }

    @Test(
      arguments: [
        ("schema: 1\naxis: { size: [64B] }\n", "job.yaml:2: unknown key `axis`"),
        ("schema: 1\naxes: { size: [64B\n", "job.yaml:"),
        ("", "job.yaml"), ("- 1\n- 2\n", "job.yaml"),
        ("\u{0}\u{1}\u{2}", "job.yaml"),
      ])
    func wrongJobs(job: String, problem: String) throws {
      try refuse([], job: job, code: 64, says: [problem, ";"])
    }

    @Test func tooManyCells() throws {
      let depths = (1...200).map(String.init).joined(separator: ",")
      let sizes = (1...60).map { "\($0)B" }.joined(separator: ",")
      try refuse(
        ["--depth", depths, "--size", sizes], code: 64,
        says: ["12 000 cells", "10 000", "shorten axis `depth`"])
    }

    @Test(
      arguments: [
        ["--size", "64GiB"], ["--size", "64GiB", "--serializer", "raw"],
        ["--size", "64GiB", "--store", "list"], ["--size", "64GiB", "--store", "queue"],
        ["--size", "1TiB", "--depth", "16777216"], ["--size", "1MiB", "--depth", "1048576"],
        ["--size", "1TiB", "--depth", "16777216", "--workload", "pingpong"],
      ])
    func whatDoesNotFitMemoryIsRefusedWithNumbers(arguments: [String]) throws {
      try refuse(arguments, code: 6, says: [" MiB ", "available", "lower the depth or the size"])
    }

    @Test func aPlaceThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured() throws {
      for place in ["absent/run.json", "."] {
        let run = try LiveRun(["--out", place])
        // Were it found at the end only, this job would take minutes.
        #expect(try run.end(within: 5) == 1, "\(run.errors)")
        #expect(RunTests.isOneLine(run.errors))
        #expect(run.errors.contains("choose a directory that exists and can be written"))
        #expect(run.output.isEmpty)
      }
    }

    @Test func anUnreadableJob() throws {
      let run = try WeirProcess(["run", "absent.yaml", "--allow-debug"])
      #expect(run.status == 1)
      #expect(run.refusedInOneLine)
      let folder = try WeirProcess(["run", "/", "--allow-debug"])
      #expect(folder.status == 1)
      #expect(folder.refusedInOneLine)
    }

    @Test func aWorkerStartedByHandRefuses() throws {
      let worker = try WeirProcess(["worker", "0"])
      #expect(worker.status == 1)
      #expect(worker.errors.count(where: \.isNewline) == 1, "\(worker.errors)")
    }
  }
}
