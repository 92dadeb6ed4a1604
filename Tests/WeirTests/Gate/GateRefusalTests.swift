// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// Gates that cannot begin, and one that is interrupted.
@Suite(.timeLimit(.minutes(3))) struct GateRefusalTests {
  @Test func anotherProtocolIsNamed() throws {
    let fake = try FakeGate()
    try FakeBuild.write(to: fake.scratch, as: "base", version: "weir-launch/9")
    let gate = try fake.run()
    #expect(gate.status == 5 && gate.refusedInOneLine)
    #expect(gate.errors.contains("speaks weir-launch/9, this weir weir-launch/1"))
  }

  @Test(arguments: [
    "#!/bin/bash\necho hello\n", "#!/bin/bash\nexit 3\n", "#!/bin/bash\necho '{\"a\": 1}'\n",
    "#!/nowhere/bash\n", "not a program",
  ])
  func strangersAreNoBuilds(text: String) throws {
    let fake = try FakeGate()
    try fake.scratch.write(text, to: "head")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(fake.scratch.path)/head")
    let gate = try fake.run()
    #expect(gate.status == 5 && gate.refusedInOneLine, "\(gate.errors)")
    #expect(gate.errors.hasPrefix("weir: head: ./head "))
  }

  @Test(arguments: ["absent", "job.yaml", "."]) func whatIsNoProgramIsAWrongOption(path: String)
    throws
  {
    let fake = try FakeGate()
    let gate = try WeirProcess(
      ["gate", "--base", path, "--head", "./head", "job.yaml"], in: fake.scratch)
    #expect(gate.status == 64 && gate.refusedInOneLine)
    #expect(gate.errors.contains("--base \(path): no executable file"))
  }

  @Test(arguments: [
    (["--delta", "much"], "such as 5%,200ns"), (["--alpha", "0"], "between 0 and 1"),
    (["--launches", "5"], "needs 6"), (["--budget", "soon"], "is not a duration"),
    (["--budget", "100ms"], "more than --budget 100ms"), (["--primary", "none*"], "matches"),
    (["--set", "sixe=64B"], "did you mean `size`?"),
    (["--slow-head", "10"], "cannot slow itself"),
    (["--size", "64B"], "Unknown option"), (["--inconclusive", "maybe"], "fail"),
  ])
  func wrongOptions(arguments: [String], remedy: String) throws {
    let fake = try FakeGate()
    // The script takes no further arguments for granted, as a build of another kind may.
    let gate = try WeirProcess(
      ["gate", "--base", "./base", "--head", "./head", "job.yaml"] + arguments, in: fake.scratch)
    #expect(gate.status == 64, "\(gate.errors)")
    #expect(gate.errors.contains(remedy), "\(gate.errors)")
    #expect(gate.output.isEmpty)
  }

  @Test func manyCellsWantMoreLaunches() throws {
    let fake = try FakeGate()
    let gate = try fake.run(
      "--set", "size=64B,128B,256B,512B,1KiB,2KiB,4KiB,8KiB,16KiB", "--launches", "6")
    #expect(gate.status == 64 && gate.refusedInOneLine)
    #expect(gate.errors.contains("9 cells at alpha 0.05 need 9 launches each"), "\(gate.errors)")
  }

  @Test func withoutAJobTheStandardOneIsMissed() throws {
    let fake = try FakeGate()
    let gate = try WeirProcess(["gate", "--base", "./base", "--head", "./head"], in: fake.scratch)
    #expect(gate.status == 1 && gate.refusedInOneLine)
    #expect(gate.errors.contains("Benchmarks/Jobs/gate.yaml"))
  }

  @Test func ctrlCEndsItAndItsBuilds() throws {
    let marker = "weir-test-\(UUID().uuidString)"
    let fake = try FakeGate(head: "[ $launch = 1 ] && { touch here; exec -a \(marker) sleep 100; }")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try WeirProcess.path())
    process.arguments = [
      "gate", "--base", "./base", "--head", "./head", "job.yaml", "--budget", "60s",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: fake.scratch.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    #expect(
      eventually(within: 20) { FileManager.default.fileExists(atPath: fake.scratch.path + "/here") }
    )
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(eventually(within: 5) { !LiveProcess.all.contains { $0.arguments.first == marker } })
  }
}
