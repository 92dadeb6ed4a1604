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
          let customers = try #require(
            (cell["params"] as? [String: Any])?["customers"] as? Int, "\(id)")
          let received = try #require(integrity["received"], "\(id)")
          // Told to stop while its ring fills, a customer gets what there is, in a few gets.
          let whole = max(0, received - 2 * customers * 3)
          #expect(skipped <= received * (depth - 1), "\(id): \(received), \(skipped)")
          #expect(skipped >= whole * (depth - 1), "\(id): \(received), \(skipped)")
        } else {
          #expect(latency == nil, "\(id)")
          // One message for each launch and customer.
          #expect(integrity["sent"] == 2, "\(id)")
        }
      }
    }

    private static let open = """
      schema: 1
      name: open
      defaults: { warmup: 20ms, measure: 150ms, slice: 50ms, launches: 2, seed: 1 }
      groups:
        - name: kept
          axes: { load: ["open:2k/s", "poisson:2k/s"], store: [list, queue, shm, pipe, mutex-ring], serializer: [large, raw], size: [64B], wait: [park] }
          workload: { depth: 16 }
        - name: refused
          axes: { load: ["open:2k/s"], workload: [pingpong], store: [shm], serializer: [raw], size: [64B] }
        - name: impossible
          axes: { load: ["open:500M/s"], store: [shm], serializer: [raw], size: [64B], wait: [spin] }
          workload: { depth: 16 }

      """

    /// An open load keeps its rate and shows who was late, or says that it could not be kept.
    @Test func aScheduleIsKeptOrMissed() throws {
      let run = try LiveRun(["--json"], job: Self.open)
      _ = try run.end(within: 60)
      let json = try #require(try run.json("output"))
      for cell in try RunTests.cells(json) {
        let id = try #require(cell["id"] as? String)
        let reason = cell["reason"] as? String ?? ""
        if cell["status"] as? String == "skipped" {
          // What cannot be carried, or has no schedule, is said to be so.
          #expect(id.hasPrefix("pingpong/") || !id.contains("/shm/"), "\(id)")
          #expect(!reason.isEmpty, "\(id)")
          continue
        }
        let load = try #require(cell["load"] as? [String: Any], "\(id)")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        #expect(integrity["sent"] == integrity["received"], "\(id)")
        let metrics = try #require(cell["metrics"] as? [String: Any], "\(id)")
        let medians = try ["response_ns", "service_ns", "lag_ns"].map { name in
          let latency = try #require(metrics[name] as? [String: Any], "\(id) \(name)")
          return try #require(
            (latency["p50"] as? [String: Any])?["value"] as? Double, "\(id) \(name)")
        }
        #expect(metrics["latency_ns"] is NSNull, "\(id)")
        if id.contains("500M") {
          #expect(reason.hasPrefix("rate not sustained: "), "\(id): \(reason)")
          #expect(medians[0] > 10 * medians[1], "\(id): who cannot keep up is ever later")
        } else {
          #expect(load["rate_per_s"] as? Int == 2000 && load["kind"] as? String == "open")
          #expect(load["arrivals"] as? String == (id.contains("poisson") ? "poisson" : "fixed"))
          // Of the same messages, but each is a median of its own.
          #expect(medians[0] * 1.05 >= medians[1], "\(id)")
          #expect(medians[0] < 1e9, "\(id): \(medians[0])")
        }
      }
    }
  }
}
