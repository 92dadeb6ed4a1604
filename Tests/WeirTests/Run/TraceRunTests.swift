// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension RunTests {
  /// Traces, replayed by real processes.
  @Suite struct TraceRunTests {
    /// The example that comes with the jobs.
    private static let example = Repository.root.appendingPathComponent(
      "Benchmarks/Jobs/trace.yaml")

    @Test func theExampleIsReplayedOverEveryStore() throws {
      let weir = try WeirProcess([
        "run", Self.example.path, "--allow-debug", "--json", "--launches", "1", "--measure",
        "300ms",
        "--set", "slice=100ms",
      ])
      let json = try weir.json
      #expect(Int(weir.status) == RunTests.goodExit(json), "\(weir.errors)")
      let cells = try RunTests.cells(json)
      #expect(cells.count == 4)
      for cell in cells {
        let id = try #require(cell["id"] as? String)
        #expect(cell["status"] as? String == "ok", "\(id): \(cell["reason"] ?? "")")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        #expect(integrity["sent"] == integrity["received"] && integrity["corrupt"] == 0, "\(id)")
        #expect(integrity["received"] ?? 0 > 50, "240 a second for 400 ms: \(id) \(integrity)")
        let load = try #require(cell["load"] as? [String: Any], "\(id)")
        #expect(load["kind"] as? String == "open" && load["arrivals"] as? String == "trace")
        let trace = try #require(load["trace"] as? [String: Any], "\(id)")
        #expect(trace["messages"] as? Int == 300)
        let digest = try #require(trace["digest"] as? String)
        #expect(id.contains("trace:camera@\(digest)"))
        let metrics = try #require(cell["metrics"] as? [String: Any], "\(id)")
        #expect(metrics["response_ns"] is [String: Any] && metrics["own_lag_ns"] is [String: Any])
        try Self.checkBytes(cell, trace, id)
      }
    }

    /// The bytes are those of the messages that came, which are not all of one size.
    private static func checkBytes(
      _ cell: [String: Any], _ trace: [String: Any], _ id: String
    ) throws {
      let sizes = try #require(trace["sizes"] as? [String: Any], "\(id)")
      let smallest = try #require(sizes["smallest_bytes"] as? Int)
      let largest = try #require(sizes["largest_bytes"] as? Int)
      let samples = try #require(cell["samples"] as? [[String: Any]], "\(id)")
      let slices = try samples.flatMap { try #require($0["slices"] as? [[String: Any]], "\(id)") }
      #expect(!slices.isEmpty)
      for slice in slices {
        let messages = try #require(slice["messages"] as? Int)
        let bytes = try #require(slice["bytes"] as? Int)
        #expect(bytes % 1024 == 0, "the example's messages are whole KiB: \(id) \(slice)")
        #expect(bytes >= messages * smallest && bytes < max(1, messages * largest), "\(id)")
      }
    }

    @Test func otherCellsAreSkippedWithTheReason() throws {
      let weir = try WeirProcess([
        "list", "cells", Self.example.path, "--store", "pipe,shm", "--serializer", "raw",
      ])
      #expect(weir.status == 0)
      #expect(weir.output.contains("pipe: carries messages of one size"))
    }

    @Test func startsAloneDriveWhatCarriesOneSize() throws {
      let scratch = try Scratch()
      try scratch.write("time_s\n0\n0.0005\n0.002\n", to: "bursts.csv")
      try scratch.write(
        """
        schema: 1
        defaults: { warmup: 10ms, measure: 100ms, slice: 50ms, launches: 1 }
        axes: { store: [pipe], serializer: [raw], size: [64B], wait: [park], load: ["trace:bursts.csv"] }
        """, to: "job.yaml")
      let weir = try WeirProcess(["run", "job.yaml", "--allow-debug", "--json"], in: scratch)
      let json = try weir.json
      #expect(Int(weir.status) == RunTests.goodExit(json), "\(weir.errors)")
      let cell = try #require(try RunTests.cells(json).first)
      let integrity = try #require(cell["integrity"] as? [String: Int])
      // Three messages every 3 ms for 110 ms, the last ones on their way.
      #expect(integrity["received"] == integrity["sent"] && integrity["sent"] ?? 0 > 60)
      let run = try #require(json["run"] as? [String: Any])
      let notes = try #require(run["notes"] as? [String])
      #expect(notes.contains { $0.contains("repeats it from the beginning") })
    }

    @Test(
      arguments: [
        ("trace:none.csv", "none.csv: the trace cannot be read"),
        ("trace:bad.csv", "bad.csv:4: a time that is before the one above it"),
        ("trace:", "--set load=trace:: unknown load `trace:`"),
      ])
    func aBadTraceIsRefusedInOneLine(load: String, expected: String) throws {
      let scratch = try Scratch()
      try scratch.write("time_s\n0\n2\n1\n", to: "bad.csv")
      try scratch.write(RunJob.small, to: "job.yaml")
      let weir = try WeirProcess(
        ["run", "job.yaml", "--allow-debug", "--set", "load=\(load)"], in: scratch)
      #expect(weir.status == 64 && weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.hasPrefix("weir: \(expected)"), "\(weir.errors)")
    }

    @Test func plainBytesMustHoldTheirNumber() throws {
      let scratch = try Scratch()
      try scratch.write("time_s,size_bytes\n0,7\n1,64\n", to: "small.csv")
      try scratch.write(RunJob.small, to: "job.yaml")
      let weir = try WeirProcess(
        [
          "run", "job.yaml", "--allow-debug", "--serializer", "raw", "--set",
          "load=trace:small.csv",
          "--json",
        ], in: scratch)
      #expect(weir.status == 64, "\(weir.errors)")
      #expect(weir.errors.contains("a raw message carries its number; use a size of 8B or more"))
    }
  }
}
