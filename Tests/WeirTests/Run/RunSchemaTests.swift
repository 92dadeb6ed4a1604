// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

extension RunTests {
  /// Real runs against the printed schema, by an independent validator.
  @Suite(.enabled(if: RunTests.pythonValidates, "python3 with jsonschema is not installed"))
  struct RunSchemaTests {
    private func complaint(_ run: LiveRun, _ name: String) throws -> String {
      try run.scratch.write(try WeirProcess(["schema"]).output, to: "schema.json")
      return try RunTests.python(
        """
        import json, jsonschema
        schema = json.load(open("schema.json"))
        jsonschema.Draft202012Validator.check_schema(schema)
        errors = jsonschema.Draft202012Validator(schema).iter_errors(json.load(open("\(name)")))
        print("\\n".join(f"{list(e.absolute_path)}: {e.message[:200]}" for e in errors), end="")
        """, in: run.scratch)
    }

    @Test func aCompleteRunIsValid() throws {
      let run = try LiveRun(
        ["--out", "run.json", "--store", "shm,list", "--workload", "stream,pingpong"],
        job: RunJob.small)
      _ = try run.end(within: 30)
      #expect(try complaint(run, "run.json") == "")
    }

    @Test func aPartialRunIsValid() throws {
      let run = try LiveRun(["--out", "run.json"])
      _ = try run.worker("producer")
      run.signal(SIGTERM)
      _ = try run.end()
      #expect(try complaint(run, "run.json") == "")
    }

    @Test func failedAndSkippedCellsAreValid() throws {
      let run = try LiveRun([
        "--out", "run.json", "--serializer", "large,raw", "--store", "shm,list",
      ])
      kill(try run.worker("producer", within: 20).pid, SIGKILL)
      _ = try run.end()
      #expect(try complaint(run, "run.json") == "")
    }
  }

  static let pythonValidates = (try? python("import jsonschema; print('yes')")) == "yes\n"

  /// Runs a program; the test fails with its error output when it fails.
  static func python(_ program: String, in scratch: Scratch? = nil) throws -> String {
    let place = try scratch ?? Scratch()
    try place.write(program, to: "program.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "program.py"]
    process.currentDirectoryURL = URL(fileURLWithPath: place.path)
    process.standardOutput = try place.file("python-output")
    process.standardError = try place.file("python-errors")
    try process.run()
    process.waitUntilExit()
    let errors = try place.text("python-errors")
    try #require(process.terminationStatus == 0, "\(errors)")
    return try place.text("python-output")
  }
}
