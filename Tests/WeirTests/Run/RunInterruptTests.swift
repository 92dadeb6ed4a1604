// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

extension RunTests {
  @Suite struct RunInterruptTests {
    @Test(
      arguments: [
        (SIGINT, RunJob.long), (SIGTERM, RunJob.long), (SIGINT, RunJob.busy),
        (SIGTERM, RunJob.busy),
      ])
    func keepsWhatIsMeasuredAndLeavesNothing(signal: CInt, job: String) throws {
      let run = try LiveRun(["--out", "run.json", "--json"], job: job)
      _ = try run.worker(job == RunJob.long ? "producer" : "asker")
      let moment = pauseAtRandom(upToMilliseconds: 700)
      run.signal(signal)
      #expect(try run.end(within: 5) == 130, "after \(moment) ms: \(run.errors)")
      #expect(RunTests.isOneLine(run.errors), "\(run.errors)")
      #expect(run.errors.contains("interrupted"))
      #expect(run.isGone())
      for name in ["run.json", "output"] {
        let json = try #require(try run.json(name))
        #expect(json["status"] as? String == "partial")
        #expect(json["exit"] as? Int == 130)
      }
      #expect(try run.scratch.names == ["errors", "job.yaml", "output", "run.json"])
    }

    /// A terminal sends Ctrl-C to the whole foreground group, workers included.
    @Test func aTerminalsInterruptIsNoDeathOfWorkers() throws {
      let run = try LiveRun()
      _ = try run.worker("customer")
      kill(-run.pid, SIGINT)
      #expect(try run.end(within: 5) == 130)
      #expect(RunTests.isOneLine(run.errors))
      #expect(run.isGone())
    }
  }
}
