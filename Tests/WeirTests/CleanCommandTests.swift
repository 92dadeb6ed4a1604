// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// The one place that cleans for real: an orphan of another test would be cleaned up as well.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CleanCommandTests {
  /// Starts a process with the arguments of a worker and lets its parent end.
  ///
  /// A shell runs the script `worker` under the name `weir`, which makes its command line
  /// `weir worker 0 producer cell`. It first closes what it inherited: Foundation takes a process
  /// to run as long as anybody holds the socket it gave it.
  private func orphan(in scratch: Scratch) throws -> pid_t {
    try scratch.write("echo $$ > pid; while :; do sleep 1; done\n", to: "worker")
    let start = """
      (for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
      exec -a weir bash worker 0 producer cell) &
      """
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["-c", start]
    shell.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    for _ in 0..<500 {
      let text = try? scratch.text("pid").trimmingCharacters(in: .whitespacesAndNewlines)
      if let pid = text.flatMap({ pid_t($0) }) { return pid }
      usleep(10_000)
    }
    struct NoOrphan: Error {}
    throw NoOrphan()
  }

  /// A process number that no process has.
  private func unusedNumber() throws -> pid_t {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }

  @Test func killsWorkersWhoseHarnessIsGone() throws {
    let scratch = try Scratch()
    let pid = try orphan(in: scratch)
    defer { kill(pid, SIGKILL) }
    let dry = try WeirProcess(["clean", "--dry-run"])
    #expect(dry.status == 0)
    #expect(dry.output.contains("found worker \(pid) (weir worker 0 producer cell)\n"))
    #expect(kill(pid, 0) == 0, "a dry run touches nothing")
    let clean = try WeirProcess(["clean"])
    #expect(clean.status == 0)
    #expect(clean.output.contains("removed worker \(pid) "))
    #expect(!(try WeirProcess(["clean"]).output.contains("worker \(pid) ")))
  }

  @Test func removesSegmentsAndResultsOfTheDeadOnly() throws {
    let scratch = try Scratch()
    let dead = try unusedNumber()
    let segment = "/dev/shm/weir-\(dead)-test"
    let live = "/dev/shm/weir-\(getpid())-test"
    for path in [segment, live] { try Data("bytes".utf8).write(to: URL(fileURLWithPath: path)) }
    defer { for path in [segment, live] { unlink(path) } }
    try scratch.write("{", to: ".run.json.\(dead).tmp")
    try scratch.write("{", to: ".run.json.\(getpid()).tmp")
    try scratch.write("{", to: "Results/host/.job.json.\(dead).tmp")
    try scratch.write("{}", to: "Results/host/job.json")
    let clean = try WeirProcess(["clean", "--json"], in: scratch)
    let json = try clean.json
    #expect(json["schema"] as? String == "weir-clean/1")
    let items = try #require(json["items"] as? [[String: Any]])
    func outcome(_ text: String) -> String? {
      items.first { ($0["description"] as? String)?.contains(text) == true }?["outcome"] as? String
    }
    #expect(outcome(segment) == "removed")
    #expect(outcome("result .run.json.\(dead).tmp") == "removed")
    #expect(outcome("Results/host/.job.json.\(dead).tmp") == "removed")
    #expect(access(segment, F_OK) != 0)
    #expect(access(live, F_OK) == 0)
    #expect(try scratch.names == [".run.json.\(getpid()).tmp", "Results"])
    #expect(try scratch.text("Results/host/job.json") == "{}")
  }

  @Test func countsInItsLastLine() throws {
    let scratch = try Scratch()
    let dead = try unusedNumber()
    try scratch.write("{", to: ".a.json.\(dead).tmp")
    let dry = try WeirProcess(["clean", "-n"], in: scratch)
    #expect(dry.output.hasSuffix("1 partial result\n"))
    #expect(dry.output.contains("would remove "))
    #expect(try scratch.names.count == 1)
  }
}
