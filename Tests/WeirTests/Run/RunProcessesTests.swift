// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

extension RunTests {
  /// What the kernel says of a run's processes is what the run says.
  @Suite struct RunProcessesTests {
    @Test(.enabled(if: RunTests.hasTwoCores, "needs two cores"))
    func eachEndIsAProcessOnItsOwnCPUs() throws {
      let job = RunJob.text(measure: "500ms", launches: 1)
      let run = try LiveRun(["--json"], job: job)
      let producer = try run.worker("producer")
      let customer = try run.worker("customer")
      #expect(producer.pid != customer.pid)
      #expect(producer.pid != run.pid)
      #expect(producer.arguments.prefix(3) == ["weir", "worker", "0"])
      #expect(customer.arguments.prefix(3) == ["weir", "worker", "1"])
      #expect(producer.arguments.last?.hasPrefix("stream/shm/large/64B/") == true)
      let allowed = (producer.allowedCPUs, customer.allowedCPUs)
      _ = try run.end()
      let json = try #require(try run.json("output"))
      let cell = try #require(try RunTests.cells(json).first)
      let placement = try #require(cell["placement"] as? [String: Any])
      let observed = try #require(placement["observed"] as? [String: Any])
      let producers = try #require(observed["producer_cpus"] as? [Int])
      let customers = try #require(observed["customer_cpus"] as? [Int])
      // A core may have several CPUs: what was seen lies inside what is allowed.
      #expect(Set(producers).isSubset(of: try cpus(allowed.0)) && !producers.isEmpty)
      #expect(Set(customers).isSubset(of: try cpus(allowed.1)) && !customers.isEmpty)
      #expect(try cpus(allowed.0).isDisjoint(with: try cpus(allowed.1)))
      #expect(placement["verified"] as? Bool == true)
    }

    /// Reads `0-2,5`.
    private func cpus(_ list: String?) throws -> Set<Int> {
      let ranges = try #require(list).split(separator: ",").map { part in
        let ends = part.split(separator: "-").compactMap { Int($0) }
        return Set((ends.first ?? 0)...(ends.last ?? 0))
      }
      return ranges.reduce([]) { $0.union($1) }
    }

    @Test(arguments: 0..<3) func aKilledHarnessTakesEverythingWithIt(round: Int) throws {
      let run = try LiveRun(
        ["--out", "run.json"], job: round == 0 ? RunJob.long : RunJob.busy)
      _ = try run.worker(round == 0 ? "customer" : "asker")
      let moment = pauseAtRandom(upToMilliseconds: 600)
      run.signal(SIGKILL)
      #expect(try run.end() == -SIGKILL)
      #expect(run.isGone(), "\(run.processes.map(\.arguments)) are left, killed after \(moment) ms")
      let json = try #require(try run.json("run.json"), "a run is on disk from its beginning")
      #expect(json["status"] as? String == "partial")
    }

    @Test(arguments: ["producer", "customer", "producer", "customer"])
    func aKilledWorkerIsNamedAndEndsTheRun(role: String) throws {
      let run = try LiveRun(["--out", "run.json"])
      let worker = try run.worker(role)
      let moment = pauseAtRandom(upToMilliseconds: 400)
      kill(worker.pid, SIGKILL)
      #expect(try run.end(within: 5) == 3)
      #expect(RunTests.isOneLine(run.errors), "\(run.errors)")
      #expect(
        run.errors.contains("worker \(role) (pid \(worker.pid)) was killed by signal 9"),
        "after \(moment) ms: \(run.errors)")
      #expect(run.isGone())
      let json = try #require(try run.json("run.json"))
      #expect(json["exit"] as? Int == 3)
      let cell = try #require(try RunTests.cells(json).first)
      #expect(cell["status"] as? String == "failed")
      #expect((cell["reason"] as? String)?.contains("killed by signal 9") == true)
    }

    @Test func aKilledRooflineWorkerIsNamedToo() throws {
      let run = try LiveRun()
      let worker = try run.worker("answerer")
      kill(worker.pid, SIGKILL)
      #expect(try run.end(within: 5) == 3)
      #expect(run.errors.contains("worker answerer (pid \(worker.pid)) was killed by signal 9"))
      #expect(run.isGone())
    }

    @Test func keepGoingMeasuresTheOthers() throws {
      let job = RunJob.text(measure: "300ms", launches: 1)
      let run = try LiveRun(["--keep-going", "--serializer", "large,raw", "--json"], job: job)
      kill(try run.worker("producer").pid, SIGKILL)
      #expect(try run.end() == 3)
      let json = try #require(try run.json("output"))
      #expect(
        try RunTests.cells(json).compactMap { $0["status"] as? String }.sorted() == [
          "failed", "ok",
        ])
    }
  }
}
