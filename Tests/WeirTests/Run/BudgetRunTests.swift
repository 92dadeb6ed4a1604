// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension RunTests {
  @Suite struct BudgetRunTests {
    private static let job = """
      schema: 1
      name: budget
      defaults: { warmup: 10ms, measure: 50ms, slice: 10ms, launches: 3, seed: 1 }
      axes: { workload: [stream, pingpong], store: [shm], serializer: [large], size: [64B] }

      """

    /// However fast the machine: more launches than the job asks for, and none when time is over.
    @Test func timeThatIsLeftIsSpentOnMoreLaunches() throws {
      let run = try LiveRun(["--json", "--budget", "8s", "--out", "run.json"], job: Self.job)
      let begun = ContinuousClock.now
      let status = try run.end(within: 40)
      let took = ContinuousClock.now - begun
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      let cells = try RunTests.cells(json)
      let samples = try cells.map { try #require($0["samples"] as? [[String: Any]]) }
      #expect(samples.map(\.count).reduce(0, +) > 6, "took \(took)")
      for (cell, launches) in zip(cells, samples) {
        let plan = try #require(cell["plan"] as? [String: Any])
        #expect(plan["launches"] as? Int ?? .max <= launches.count)
        let numbers = launches.compactMap { $0["launch"] as? Int }
        #expect(numbers == Array(0..<launches.count), "each launch once")
      }
      let effect = try #require(json["detectable_effect"] as? [String: Any])
      #expect(effect["cells"] as? Int == 2)
      let header = try #require(json["run"] as? [String: Any])
      #expect(header["budget_ns"] as? Int == 8_000_000_000)
      #expect(json["status"] as? String != "partial")
    }

    @Test func aBudgetThatIsTooShortIsRefusedWithOneThatIsNot() throws {
      let scratch = try Scratch()
      try scratch.write(Self.job, to: "job.yaml")
      let sizes = (1...40).map { "\($0 * 64)B" }.joined(separator: ",")
      let weir = try WeirProcess(
        ["run", "job.yaml", "--allow-debug", "--size", sizes, "--budget", "1s"], in: scratch)
      #expect(weir.status == 64 && weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.contains("give a budget of "))
    }
  }
}
