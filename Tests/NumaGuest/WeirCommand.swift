// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Harness
import SharedMemory

/// Runs the command under test.
struct WeirCommand {
  let path: String

  /// A process that is under way, or over.
  final class Started {
    private let pid: pid_t
    private let folder: String
    private var status: CInt?

    fileprivate init(_ pid: pid_t, folder: String) {
      self.pid = pid
      self.folder = folder
    }

    var isRunning: Bool { reap(WNOHANG) == nil }

    /// Waits for the end; the guest's own limit bounds it.
    func end() -> Ended {
      let status = reap(0) ?? -1
      func text(_ name: String) -> String {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map {
          String(decoding: $0, as: UTF8.self)
        } ?? ""
      }
      // Exit code in the second byte, a signal in the first.
      return Ended(
        status: status & 0x7f == 0 ? (status >> 8) & 0xff : -1, output: text("output"),
        errors: text("errors").trimmingCharacters(in: .newlines),
        result: WeirCommand.result(in: folder))
    }

    private func reap(_ options: CInt) -> CInt? {
      var seen: CInt = 0
      if status == nil, waitpid(pid, &seen, options) == pid { status = seen }
      return status
    }
  }

  struct Ended {
    /// -1 when a signal ended it.
    let status: Int32
    let output: String
    let errors: String
    fileprivate let result: String

    /// The recorded run.
    func run() throws -> Run { try Run(path: result) }

    /// Whether it refused with one line, a code, and these words.
    func refused(_ code: Int32, saying words: [String]) -> Bool {
      status == code && errors.hasPrefix("weir: ") && errors.split(separator: "\n").count == 1
        && words.allSatisfy(errors.contains)
    }

    var summary: String { "exit \(status), \(errors.isEmpty ? "no error" : errors)" }
  }

  /// Starts `weir run` of a job.
  ///
  /// - Parameter group: a control group that it joins first; nil for none.
  func startRun(job: String, _ arguments: [String] = [], group: String? = nil) throws -> Started {
    let folder = try Self.folder()
    let file = "\(folder)/job.yaml"
    try job.write(toFile: file, atomically: false, encoding: .utf8)
    var words = [path, "run", file, "--out", Self.result(in: folder), "--quiet"] + arguments
    if !Self.isReleaseBuild { words.append("--allow-debug") }
    return try start(words, folder: folder, group: group)
  }

  func run(job: String, _ arguments: [String] = [], group: String? = nil) throws -> Ended {
    try startRun(job: job, arguments, group: group).end()
  }

  /// Runs any other of its commands.
  func command(_ arguments: [String]) throws -> Ended {
    try start([path] + arguments, folder: try Self.folder(), group: nil).end()
  }

  private static func result(in folder: String) -> String { "\(folder)/run.json" }

  private func start(_ words: [String], folder: String, group: String?) throws -> Started {
    let joining = group.map { "echo $$ > \($0)/cgroup.procs && " } ?? ""
    let script = joining + "exec \"$@\" < /dev/null > \(folder)/output 2> \(folder)/errors"
    let started = ProcessOrder(
      executable: "/bin/sh", arguments: ["sh", "-c", script, "sh"] + words,
      environment: ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    ).start()
    guard started.process > 0 else {
      throw GuestError("\(words[0]) cannot be started: errno \(-started.process)")
    }
    return Started(started.process, folder: folder)
  }

  private static func folder() throws -> String {
    let path = "\(NSTemporaryDirectory())weir-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Both are built alike. A debug build measures only when told to, and then says 9 where a release
  /// build says 0.
  static var isReleaseBuild: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  /// What a run without fault exits with.
  static var cleanStatus: Int32 { isReleaseBuild ? 0 : 9 }
}
