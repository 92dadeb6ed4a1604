// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct RunSchemaTests {
  private func violations(_ json: String) throws -> [String] {
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    return try SchemaValidator(Run.jsonSchema).violations(value)
  }

  @Test func sampleRunsConform() throws {
    #expect(try violations(SampleRun.run(SampleRun.small).json()) == [])
    #expect(try violations(SampleRun.run(SampleRun.small, launches: 1).json()) == [])
    #expect(try violations(SampleRun.run(SampleRun.small, launches: 0).json()) == [])
  }

  /// Whatever kind of latency a workload has, and whoever adds another.
  @Test(arguments: LatencyKind.allCases) func everyKindOfLatencyConforms(kind: LatencyKind) throws {
    let json = try SampleRun.run(SampleRun.small).json()
    let other = json.replacing(#/"(kind|latency)":"(rtt\\\/2|one-way)"/#) {
      "\"\($0.1)\":\"\(kind.rawValue.replacing("/", with: "\\/"))\""
    }
    #expect(try violations(other) == [])
    #expect(kind == .halfRoundTrip || kind == .oneWay || other != json)
  }

  @Test func publishedRunsConform() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Results")
    let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    let runs = (files ?? []).filter {
      $0.hasSuffix(".json") && $0.split(separator: "/").count == 2
    }
    #expect(!runs.isEmpty)
    for run in runs {
      let text = try String(contentsOf: root.appendingPathComponent(run), encoding: .utf8)
      #expect(try violations(text) == [], "\(run)")
    }
  }

  @Test(arguments: [
    ("\"status\": \"ok\"", "\"status\": \"fine\"", "$.status"),
    ("\"exit\": 0", "\"exit\": \"0\"", "$.exit"),
    ("\"lost\":0", "\"lost\":-1", "integrity"),
    ("\"numa_nodes\":1", "\"numa_nodes\":\"1\"", "$.machine.numa_nodes"),
    ("\"source\":\"tsc\"", "\"sauce\":\"tsc\"", "$.clock: no source"),
    ("\"dirty\":false", "\"dirty\":0.5", "$.build.dirty"),
    ("\"size_bytes\":64", "\"size_bytes\":0", "size_bytes"),
  ])
  func brokenRunsDoNot(_ right: String, _ wrong: String, _ place: String) throws {
    let json = try SampleRun.run(SampleRun.small).json()
    #expect(json.contains(right))
    let found = try violations(json.replacing(right, with: wrong))
    #expect(found.contains { $0.contains(place) }, "\(found.prefix(3))")
  }

  /// The same with the reference implementation, where it is installed.
  @Test(.enabled(if: Python.hasJSONSchema, "python3 has no jsonschema module"))
  func pythonAgrees() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let json = try SampleRun.run(minimal("defaults: { launches: 6 }")).json()
    func check(_ json: String) throws -> Int32 {
      try Data(Run.jsonSchema.utf8).write(to: folder.appendingPathComponent("schema.json"))
      try Data(json.utf8).write(to: folder.appendingPathComponent("run.json"))
      return try Python.run(
        "import json, jsonschema as j; s = json.load(open('schema.json'));"
          + " j.Draft202012Validator.check_schema(s);"
          + " j.Draft202012Validator(s).validate(json.load(open('run.json')))", in: folder)
    }
    #expect(try check(json) == 0)
    #expect(try check(json.replacing("\"lost\":0", with: "\"lost\":null")) != 0)
  }
}

enum Python {
  static let hasJSONSchema =
    (try? run("import jsonschema", in: FileManager.default.temporaryDirectory)) == 0

  static func run(_ program: String, in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-W", "ignore", "-c", program]
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
