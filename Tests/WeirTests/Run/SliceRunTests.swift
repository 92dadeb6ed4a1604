// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing
import Topology

extension RunTests {
  /// Slices of real runs: their fingerprints, their ledger, and what holds them back.
  @Suite(.enabled(if: RunTests.hasTwoCores, "needs two cores")) struct SliceRunTests {
    /// Every way of sending, waiting, dropping and answering that meets between slices.
    private static let job = """
      schema: 1
      name: slices
      defaults: { warmup: 10ms, measure: 150ms, slice: 20ms, launches: 1, seed: 1 }
      groups:
        - name: streams
          axes: { store: [list, queue, shm, pipe], serializer: [large, raw], size: [64B], wait: [park, spin-park] }
        - name: batches
          axes: { workload: [batched], store: [shm], serializer: [raw], size: [64B] }
        - name: drops
          axes: { store: [shm], serializer: [raw], size: [64B], backpressure: [drop-newest, drop-oldest] }
        - name: answers
          axes: { workload: [pingpong], store: [list, shm, pipe], serializer: [large, raw], size: [64B], wait: [park, spin-park] }
        - name: chain
          defaults: { launches: 3 }
          axes: { workload: [pipeline], store: [shm], serializer: [large], size: [4KiB] }
        - name: many
          axes: { workload: [stream, burst], store: [list, shm], serializer: [large], size: [64B], customers: [1, 3] }
          workload: { depth: 16 }
        - name: schedules
          axes: { load: ["open:2k/s", "poisson:2k/s"], store: [list, shm], serializer: [large], size: [64B], wait: [park] }

      """

    private func samples(_ cell: [String: Any]) throws -> [[String: Any]] {
      try #require(cell["samples"] as? [[String: Any]])
    }

    private func slices(_ cell: [String: Any]) throws -> [[String: Any]] {
      try samples(cell).flatMap { try #require($0["slices"] as? [[String: Any]]) }
    }

    @Test func noMessageIsLostForAMeeting() throws {
      let run = try LiveRun(["--json"], job: Self.job)
      _ = try run.end(within: 50)
      let json = try #require(try run.json("output"))
      var linked: [String: Int] = [:]
      for cell in try RunTests.cells(json) where cell["status"] as? String != "skipped" {
        let id = try #require(cell["id"] as? String)
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        let received = try #require(integrity["received"], "\(id)")
        #expect(received > 0, "\(id)")
        #expect(integrity["sent"] == received + (integrity["dropped"] ?? 0), "\(id)")
        for fault in ["lost", "duplicated", "reordered", "corrupt", "torn"] {
          #expect(integrity[fault] == 0, "\(id) \(fault)")
        }
        let slices = try slices(cell)
        #expect(!slices.isEmpty, "\(id)")
        #expect(slices.allSatisfy { $0["noise"] is [String: Any] }, "\(id)")
        let workload = try #require(id.split(separator: "/").first.map(String.init))
        linked[workload, default: 0] += slices.count { $0["link"] is [String: Double] }
        let conditions = try #require(try samples(cell).first?["conditions"] as? [String: Any])
        #expect(conditions["settling_ns"] as? Int == 2_000_000, "\(id)")
        #expect(conditions["cooldown_ns"] as? Int ?? 0 > 0, "\(id)")
        #expect(conditions["heap_offset_bytes"] as? Int != nil, "\(id)")
      }
      for workload in ["stream", "batched", "pingpong", "burst", "pipeline"] {
        #expect(linked[workload] ?? 0 > 0, "no ends of a \(workload) met")
      }
      try run.scratch.write(run.output, to: "run.json")
      let again = try WeirProcess(["reanalyze", "run.json"], in: run.scratch)
      #expect(again.status == 0, "\(again.output)")
    }

    @Test func whatDisturbsASliceIsNamed() throws {
      let machine = try Machine.current()
      let seat = try machine.seat("core:1").cpuset
      let hog = try ChildProcess(
        ChildProcess.Order(
          executable: "/bin/sh", arguments: ["sh", "-c", "while :; do :; done"], environment: [],
          cpus: seat, descriptors: []))
      let job = """
        schema: 1
        name: hog
        defaults: { warmup: 10ms, measure: 400ms, slice: 40ms, launches: 2, seed: 1 }
        axes: { store: [shm], serializer: [large], size: [64B] }

        """
      let run = try LiveRun(["--out", "run.json"], job: job)
      _ = try run.end(within: 30)
      // Gone with its owner: it must not go earlier.
      #expect(hog.pidfd >= 0)
      let json = try #require(try run.json("run.json"))
      let cell = try #require(try RunTests.cells(json).first)
      let causes = try slices(cell).map { $0["quarantine"] as? String ?? "" }
      let delayed = causes.count { $0.contains("run delay") }
      #expect(2 * delayed > causes.count, "\(causes)")
      #expect((cell["quarantine_causes"] as? String)?.contains("run delay") == true)
      let metrics = try #require(cell["metrics"] as? [String: Any])
      for name in ["messages_per_s", "messages_per_s_with_quarantined"] {
        #expect(metrics[name] is [String: Any], "\(name)")
      }
      let warnings = try #require(cell["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("run delay") && $0.contains("quarantined") })
      #expect(run.output.contains(" run delay"), "the report names the cause: \(run.output)")
    }

    /// Who shares a core waits for the other, and that is not held against it.
    @Test func endsThatShareACoreAreNotHeldBackForIt() throws {
      let run = try LiveRun(
        ["--json", "--placement", "producer=core:0,customer=core:0"], job: RunJob.small)
      _ = try run.end(within: 30)
      let json = try #require(try run.json("output"))
      let cell = try #require(try RunTests.cells(json).first)
      let slices = try slices(cell)
      #expect(!slices.isEmpty)
      #expect(slices.allSatisfy { $0["link"] is NSNull }, "they do not meet")
      #expect(!slices.contains { ($0["quarantine"] as? String)?.contains("run delay") == true })
    }
  }
}
