// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension RunTests {
  /// Workloads that measure a sender, or nothing at all.
  @Suite struct WorkloadTests {
    private static let job = """
      schema: 1
      name: one-way
      defaults: { warmup: 10ms, measure: 60ms, slice: 20ms, launches: 2, seed: 1 }
      groups:
        - name: bursts
          axes: { workload: [burst], store: [list, queue, shm], serializer: [large], size: [64B], customers: [1, 3] }
          workload: { depth: 16 }
        - name: newest
          axes: { workload: [latest], store: [list, queue, shm], serializer: [large, small], size: [64B], depth: [1, 50], customers: [1, 2] }
        - name: idle
          axes: { workload: [idle], store: [list, queue, shm], serializer: [large], size: [64B], wait: [park] }
          workload: { depth: 16 }
        - name: "null"
          axes: { workload: [burst], store: ["null"], serializer: [large], size: [64B] }

      """

    @Test func aSenderIsMeasuredAndSoIsWaiting() throws {
      let run = try LiveRun(["--json"], job: Self.job)
      let status = try run.end(within: 40)
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      for cell in try RunTests.cells(json) {
        let id = try #require(cell["id"] as? String)
        if id.contains("/null/") {
          #expect(cell["reason"] as? String == "null: cannot run burst")
          continue
        }
        #expect(cell["status"] as? String == "ok", "\(id): \(cell["reason"] ?? "")")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        let skipped = integrity["skipped"] ?? 0
        #expect(integrity["sent"] == integrity["received"].map { $0 + skipped }, "\(id)")
        #expect(integrity["lost"] == 0, "\(id)")
        let metrics = try #require(cell["metrics"] as? [String: Any], "\(id)")
        let busy = try #require(metrics["cores_busy"] as? [String: Any], "\(id)")
        #expect(busy["value"] as? Double ?? 0 > 0, "\(id)")
        let latency = metrics["latency_ns"] as? [String: Any]
        if id.hasPrefix("burst/") {
          #expect(latency?["kind"] as? String == "send", "\(id)")
          #expect(integrity["sent"].map { $0 % 16 } == 0, "\(id): whole bursts")
        } else if id.hasPrefix("latest/") {
          #expect(latency?["kind"] as? String == "get", "\(id)")
          let depth = try #require((cell["params"] as? [String: Any])?["depth"] as? Int, "\(id)")
          // A customer may be told to stop while its ring fills, and gets what there is.
          let received = try #require(integrity["received"], "\(id)")
          let most = received * (depth - 1)
          #expect(skipped <= most && skipped * 10 >= most * 9, "\(id): \(received), \(skipped)")
        } else {
          #expect(latency == nil, "\(id)")
          // One message for each launch and customer.
          #expect(integrity["sent"] == 2, "\(id)")
        }
      }
    }
  }
}
