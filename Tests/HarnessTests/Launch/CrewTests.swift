// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import SharedMemory
import Testing
import Topology

@testable import Harness

/// Crews of shells: real processes that end, fail and hang as told, while the test plays what they
/// would have written on the board.
@Suite(.serialized, .timeLimit(.minutes(1))) struct CrewTests {
  /// Starts a shell for each script; its role is `role0`, `role1` and so on.
  private func crew(_ scripts: [String]) throws -> (Crew, LaunchBoard) {
    let board = try LaunchBoard(workerCount: scripts.count)
    let crew = try Crew(board: board, interrupts: nil)
    for (index, script) in scripts.enumerated() {
      try crew.start(
        ChildProcess.Order(
          executable: "/bin/sh", arguments: ["sh", "-c", script, "role\(index)"],
          environment: ["PATH=/usr/bin:/bin"], cpus: try CPUSet.ofCurrentThread(),
          descriptors: [crew.boardDescriptor, crew.notifyDescriptor]))
    }
    return (crew, board)
  }

  private func failure(_ body: () throws -> Void) throws -> LaunchError {
    let error = try #require(#expect(throws: LaunchError.self) { try body() })
    #expect(!error.description.contains("\n"))
    return error
  }

  private func report(error: String) throws -> Data {
    var report = WorkerReport()
    report.error = error
    return try JSONEncoder().encode(report)
  }

  @Test(
    arguments: [
      ("kill -9 $$", "was killed by signal 9"), ("kill -6 $$", "was killed by signal 6"),
      ("exit 7", "exited with code 7"), ("exit 0", "exited with code 0"),
    ])
  func anEarlyEndIsReported(script: String, what: String) throws {
    let (crew, _) = try crew([script, "exec sleep 60"])
    let error = try failure { try crew.wait(for: .ready, within: .seconds(20)) }
    #expect(error.code == .workerDied)
    #expect(error.description.hasPrefix("worker role0 (pid "), "\(error)")
    #expect(error.description.contains(what), "\(error)")
  }

  @Test(
    arguments: [
      ("echo out of luck >&2; exit 1", "out of luck"),
      ("echo first >&2; echo weir worker 0: no luck >&2; echo noise >&2; exit 1", "0: no luck;"),
      ("echo x/y.swift:1: Fatal error: boom >&2; echo 17 0xbeef >&2; kill -4 $$", "error: boom;"),
    ])
  func lastWordsAreKept(script: String, words: String) throws {
    let (crew, _) = try crew([script])
    let error = try failure { try crew.wait(for: .ready, within: .seconds(20)) }
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func endsInAnyPhaseAreNoticed() throws {
    let (crew, board) = try crew(["sleep 0.2; kill -9 $$"])
    board.setState(.ready, of: 0)
    try crew.wait(for: .ready, within: .seconds(20))
    let resting = try failure { try crew.rest(.seconds(30)) }
    #expect(resting.code == .workerDied)
    let ending = try failure { try crew.waitForEnd(within: .seconds(20)) }
    #expect(ending.code == .workerDied)
  }

  @Test func onlyThoseThatAreLateAreCalledHung() throws {
    let (crew, board) = try crew(["exec sleep 60", "exec sleep 60", "exec sleep 60"])
    board.setState(.ready, of: 0)
    board.setState(.ready, of: 2)
    let error = try failure { try crew.wait(for: .ready, within: .milliseconds(50)) }
    #expect(error.code == .workerHung)
    #expect(error.description.hasPrefix("worker role1 (pid "), "\(error)")
    #expect(!error.description.contains("role0") && !error.description.contains("role2"))
    #expect(error.description.contains("did not get ready in time"))
  }

  @Test func aWorkerThatReportsAndNeverExitsIsHung() throws {
    let (crew, board) = try crew(["exit 0", "exec sleep 60"])
    board.setState(.finished, of: 0)
    board.setState(.finished, of: 1)
    let error = try failure { try crew.waitForEnd(within: .milliseconds(300)) }
    #expect(error.code == .workerHung)
    #expect(error.description.hasPrefix("worker role1 (pid "), "\(error)")
  }

  @Test func aStoppedWorkerIsToldFromThoseThatWaitForIt() throws {
    let (crew, _) = try crew(["exec sleep 60", "kill -STOP $$"])
    let error = try failure { try crew.waitForEnd(within: .milliseconds(300)) }
    #expect(error.code == .workerHung)
    #expect(error.description.hasPrefix("worker role1 (pid "), "\(error)")
    #expect(error.description.contains("(stopped by a signal) did not drain"), "\(error)")
    #expect(!error.description.contains("role0"))
  }

  @Test func aWorkersOwnWordsAreTheError() throws {
    let (crew, board) = try crew(["exec sleep 60", "exec sleep 60"])
    #expect(board.write(report: try report(error: "role1: no room"), of: 1))
    board.setState(.failed, of: 1)
    let error = try failure { try crew.wait(for: .ready, within: .seconds(20)) }
    #expect(error == LaunchError(.workerFailed, "role1: no room"))
  }

  @Test func aFailureWithoutWordsNamesTheRole() throws {
    let (crew, board) = try crew(["exec sleep 60"])
    board.setState(.failed, of: 0)
    let error = try failure { try crew.rest(.seconds(1)) }
    #expect(error == LaunchError(.workerFailed, "role0 failed"))
  }

  /// A customer may tell of the end of its transport before the kernel tells of the producer's.
  @Test func aPeersDeathExplainsAComplaint() throws {
    let (crew, board) = try crew(["sleep 0.1; kill -9 $$", "exec sleep 60"])
    #expect(board.write(report: try report(error: "role1: the producer is gone"), of: 1))
    board.setState(.failed, of: 1)
    let error = try failure { try crew.wait(for: .ready, within: .seconds(20)) }
    #expect(error.code == .workerDied)
    #expect(error.description.contains("worker role0"), "\(error)")
    #expect(error.description.contains("signal 9"))
  }

  @Test func aGoodEndIsAnEnd() throws {
    let (crew, board) = try crew(["exit 0", "exit 0"])
    for worker in 0..<2 { board.setState(.finished, of: worker) }
    try crew.waitForEnd(within: .seconds(20))
  }

  @Test func noWorkerOutlivesItsCrew() throws {
    // No other process sleeps for so long.
    let marks = ["60\(getpid())1", "60\(getpid())2"]
    func living() -> Int {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return names.compactMap { Int($0) }.count { pid in
        let command = SystemFile.text("/proc/\(pid)/cmdline") ?? ""
        return marks.contains { command.contains($0) }
      }
    }
    var (crew, board): (Crew?, LaunchBoard) = try crew([
      "exec sleep \(marks[0])", "kill -STOP $$; exec sleep \(marks[1])",
    ])
    #expect(crew != nil)
    // A process has no command line in the middle of its exec.
    for _ in 0..<500 where living() < 2 { usleep(10_000) }
    #expect(living() == 2)
    crew = nil
    #expect(board.phase == .abort)
    #expect(living() == 0)
  }

  @Test func whatCannotBeExecutedIsSaid() throws {
    let board = try LaunchBoard(workerCount: 1)
    let crew = try Crew(board: board, interrupts: nil)
    let error = try failure {
      try crew.start(
        ChildProcess.Order(
          executable: "/nonexistent/weir", arguments: ["weir", "worker", "0", "producer"],
          environment: [], cpus: try CPUSet.ofCurrentThread(), descriptors: []))
    }
    #expect(error.code == .spawnFailed)
    #expect(error.description.contains("executable"), "\(error)")
  }

  @Test func refusedCPUsAreNamed() throws {
    let crew = try Crew(board: try LaunchBoard(workerCount: 1), interrupts: nil)
    let error = try failure {
      try crew.start(
        ChildProcess.Order(
          executable: "/bin/true", arguments: ["true", "", "", "producer"], environment: [],
          cpus: CPUSet([4095]), descriptors: []))
    }
    #expect(error.code == .spawnFailed)
    #expect(error.description.contains("CPUs 4095 were refused"), "\(error)")
  }
}
