// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct RunTests {
  @Test func survivesJSONAndReanalysis() throws {
    let run = try SampleRun.run()
    let back = try Run(json: run.json(), source: "run.json")
    #expect(back == run)
    #expect(try back.reanalysed().json() == run.json())
    #expect(run.status == .ok)
    #expect(run.exit == 0)
  }

  @Test func ignoresUnknownKeysAndRefusesOtherSchemas() throws {
    let json = try SampleRun.run(SampleRun.small).json()
    let more = json.replacing("\"exit\": 0", with: "\"exit\": 0, \"future\": {\"a\": [1]}")
    #expect(try Run(json: more, source: "run.json").status == .ok)
    let other = json.replacing("weir-run/1", with: "weir-run/2")
    let error = #expect(throws: HarnessError.self) { try Run(json: other, source: "run.json") }
    #expect(error?.description.contains("schema weir-run/2, and this build reads") == true)
    #expect(error?.code == .schema)
  }

  @Test(arguments: ["", "{}", "[1]", "{\"schema\": \"weir-run/1\"}"])
  func refusesWhatIsNoRun(_ text: String) {
    let error = #expect(throws: HarnessError.self) { try Run(json: text, source: "x.json") }
    #expect(error?.description.hasPrefix("x.json: not a readable run: ") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func unknownIsNull() throws {
    let run = try SampleRun.run(SampleRun.small)
    let json = try run.json()
    #expect(json.contains("\"memory_bytes\":null"))
    #expect(json.contains("\"response_ns\":null"))
    let skipped = try #require(
      json.split(separator: "\n").first { $0.contains("\"status\":\"skipped\"") })
    #expect(skipped.contains("\"integrity\":null"))
    #expect(skipped.contains("\"steal_ns\":null"))
    #expect(skipped.contains("\"messages_per_s\":null"))
  }

  @Test func partialRunsAreValidRuns() throws {
    let run = try SampleRun.run(SampleRun.small, launches: 2)
    #expect(run.status == .partial)
    #expect(run.exit == 130)
    var empty = run
    empty = Run(
      header: run.header, build: run.build, machine: run.machine, clock: run.clock,
      roofline: Roofline())
    let back = try Run(json: empty.json(), source: "run.json")
    #expect(back.status == .partial)
    #expect(back.cells.isEmpty)
  }

  @Test func exitCodesHaveAnOrder() throws {
    var run = try SampleRun.run(minimal("defaults: { launches: 6 }"))
    let cell = run.cells[0].cell
    func exit(_ change: (inout LaunchRecord) -> Void) -> Int {
      var samples = run.cells[0].samples
      change(&samples[0])
      var copy = run
      copy.record(RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown))
      #expect(copy.cells.count == 1)
      return copy.exit
    }
    #expect(exit { $0.integrity.lost = 1 } == 8)
    #expect(exit { $0.placement?.verified = false } == 9)
    #expect(
      exit {
        $0.integrity.lost = 1
        $0.errors = ["died"]
      } == 3)
    run.build.configuration = "debug"
    #expect(run.exit == 9)
    #expect(run.status == .invalid)
    let skipped = try SampleRun.run(
      minimal("defaults: { launches: 6 }").replacing("shm", with: "aeron"))
    #expect(skipped.exit == 0)
    #expect(skipped.status == .ok)
    var debug = skipped
    debug.build.configuration = "debug"
    #expect(debug.exit == 0, "nothing was measured that a debug build could spoil")
  }

  @Test func infiniteNumbersAreRefused() throws {
    var run = try SampleRun.run(minimal())
    run.clock.readCost = .infinity
    #expect(throws: HarnessError.self) { try run.json() }
  }
}

@Suite struct RunWriterTests {
  private func withDirectory(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func replacesWhole() throws {
    try withDirectory { folder in
      let path = folder.appendingPathComponent("run.json").path
      try RunWriter(path: path).write(SampleRun.run(SampleRun.small, launches: 1))
      try RunWriter(path: path).write(SampleRun.run(SampleRun.small))
      #expect(try Run(path: path).status == .ok)
      #expect(try names(folder) == ["run.json"])
    }
  }

  @Test func leavesNothingBehindOnFailure() throws {
    try withDirectory { folder in
      let blocked = folder.appendingPathComponent("run.json")
      try FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
      let run = try SampleRun.run(minimal())
      let error = #expect(throws: HarnessError.self) {
        try RunWriter(path: blocked.path).write(run)
      }
      #expect(error?.description.contains("cannot replace it") == true)
      #expect(try names(folder) == ["run.json"])
      let missing = folder.appendingPathComponent("no/run.json").path
      let other = #expect(throws: HarnessError.self) { try RunWriter(path: missing).write(run) }
      #expect(other?.description.contains("cannot create a file beside it") == true)
      var broken = run
      broken.clock.readCost = .nan
      #expect(throws: HarnessError.self) {
        try RunWriter(path: folder.appendingPathComponent("b.json").path).write(broken)
      }
      #expect(try names(folder) == ["run.json"])
    }
  }

  @Test func readingNothingSaysSo() {
    let error = #expect(throws: HarnessError.self) { try Run(path: "/nonexistent/run.json") }
    #expect(error?.code == .file)
  }
}
