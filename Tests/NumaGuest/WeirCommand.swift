// SPDX-License-Identifier: Apache-2.0

import Foundation
import Harness

/// Runs the command under test.
struct WeirCommand {
  let path: String

  /// A run that is under way, or over.
  final class Started {
    private let process: Process
    private let folder: String
    let result: String

    fileprivate init(_ process: Process, folder: String, result: String) {
      self.process = process
      self.folder = folder
      self.result = result
    }

    var isRunning: Bool { process.isRunning }
    var pid: Int32 { process.processIdentifier }

    /// Waits for the end.
    func end() -> Ended {
      process.waitUntilExit()
      func text(_ name: String) -> String {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map {
          String(decoding: $0, as: UTF8.self)
        } ?? ""
      }
      return Ended(
        status: process.terminationReason == .exit ? process.terminationStatus : -1,
        output: text("output"), errors: text("errors"), result: result)
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
    let result = "\(folder)/run.json"
    var words = [path, "run", file, "--out", result, "--quiet"] + arguments
    if !Self.isReleaseBuild { words.append("--allow-debug") }
    return try start(words, folder: folder, result: result, group: group)
  }

  func run(job: String, _ arguments: [String] = [], group: String? = nil) throws -> Ended {
    try startRun(job: job, arguments, group: group).end()
  }

  /// Runs any other of its commands.
  func command(_ arguments: [String]) throws -> Ended {
    try start([path] + arguments, folder: try Self.folder(), result: "", group: nil).end()
  }

  private func start(
    _ words: [String], folder: String, result: String, group: String?
  ) throws -> Started {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let joining = group.map { "echo $$ > \($0)/cgroup.procs && " } ?? ""
    process.arguments = ["-c", joining + "exec \"$@\"", "sh"] + words
    process.standardInput = FileHandle.nullDevice
    for (name, handle) in [("output", \Process.standardOutput), ("errors", \Process.standardError)]
    {
      let file = "\(folder)/\(name)"
      try Data().write(to: URL(fileURLWithPath: file))
      process[keyPath: handle] = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    }
    try process.run()
    return Started(process, folder: folder, result: result)
  }

  private static func folder() throws -> String {
    let path = "\(NSTemporaryDirectory())/weir-\(UUID().uuidString)"
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
