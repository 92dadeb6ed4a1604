// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

extension RunTests {
  /// What a run that nobody disturbs says.
  @Suite struct RunResultTests {
    private static let job = """
      schema: 1
      name: tiny
      defaults: { warmup: 10ms, measure: 50ms, slice: 10ms, launches: 2, seed: 1 }
      groups:
        - name: stores
          axes: { store: [list, queue, shm], serializer: [small, medium, large], size: [64B] }
        - name: latency
          axes: { workload: [pingpong], store: [queue, shm], serializer: [large], size: [64B] }
        - name: chain
          axes: { workload: [pipeline], store: [queue, shm], serializer: [large], size: [4KiB] }
        - name: "null"
          axes: { workload: [stream, pingpong], store: ["null"], serializer: [large], size: [64B] }

      """

    @Test func everyMessageIsAccountedForAndEveryPlacementVerified() throws {
      let run = try LiveRun(["--json", "--out", "run.json"], job: Self.job)
      let status = try run.end(within: 40)
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      #expect(json["exit"] as? Int == Int(status))
      #expect(run.errors.isEmpty, "progress is for terminals")
      let cells = try RunTests.cells(json)
      #expect(cells.count == 15)
      for cell in cells {
        let id = try #require(cell["id"] as? String)
        #expect(cell["status"] as? String == "ok", "\(id): \(cell["reason"] ?? "")")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        #expect(integrity["sent"] == integrity["received"], "\(id)")
        #expect(integrity["received"] ?? 0 > 0, "\(id)")
        for fault in ["lost", "duplicated", "reordered", "corrupt", "torn", "dropped"] {
          #expect(integrity[fault] == 0, "\(id) \(fault)")
        }
        let placement = try #require(cell["placement"] as? [String: Any], "\(id)")
        #expect(placement["verified"] as? Bool == true, "\(id)")
        let metrics = try #require(cell["metrics"] as? [String: Any], "\(id)")
        let rate = try #require(metrics["messages_per_s"] as? [String: Any], "\(id)")
        #expect(rate["value"] as? Double ?? 0 > 0, "\(id)")
        let latency = metrics["latency_ns"] as? [String: Any]
        let kinds = ["pingpong": "rtt/2", "pipeline": "one-way"]
        let workload = id.split(separator: "/").first.map(String.init) ?? ""
        #expect(latency?["kind"] as? String == kinds[workload], "\(id)")
      }
      let null = cells.count { ($0["params"] as? [String: Any])?["store"] as? String == "null" }
      #expect(null == 2)
      let file = try run.scratch.text("run.json")
      #expect(file == run.output, "the file and --json are the same run")
      #expect(run.isGone())
    }

    @Test func aCellTheMachineCannotHostIsSkippedAndNoFailure() throws {
      let far = ["--placement", "producer=core:9999,customer=core:0"]
      let run = try LiveRun(["--json"] + far, job: RunJob.small)
      #expect(try run.end() == 0)
      let json = try #require(try run.json("output"))
      #expect(json["status"] as? String == "ok")
      let cell = try #require(try RunTests.cells(json).first)
      #expect(cell["status"] as? String == "skipped")
      #expect((cell["reason"] as? String)?.contains("9999") == true)
      #expect(cell["integrity"] is NSNull)
      #expect(run.errors.isEmpty)
    }

    @Test(.enabled(if: RunTests.nodes < 2, "needs a machine with one NUMA node"))
    func crossNodeOnOneNodeIsSkippedUnlessRequired() throws {
      let skipped = try LiveRun(["--json", "--placement", "cross-node"], job: RunJob.small)
      #expect(try skipped.end() == 0)
      let json = try #require(try skipped.json("output"))
      let cell = try #require(try RunTests.cells(json).first)
      #expect(cell["status"] as? String == "skipped")
      #expect((cell["reason"] as? String)?.contains("2 NUMA nodes") == true)
      let required = try LiveRun(
        ["--placement", "cross-node", "--require", "cross-node"], job: RunJob.small)
      #expect(try required.end() == 6)
      #expect(RunTests.isOneLine(required.errors))
      #expect(required.errors.contains("2 NUMA nodes"))
    }

    @Test func bothEndsOnOneCPUStillWork() throws {
      let run = try LiveRun(
        ["--json", "--placement", "producer=core:0,customer=core:0"], job: RunJob.small)
      let status = try run.end(within: 30)
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      #expect(try RunTests.cells(json).first?["status"] as? String == "ok")
    }
  }

  static let nodes = (try? Machine.current())?.nodesWithCPUs.count ?? 1
}
