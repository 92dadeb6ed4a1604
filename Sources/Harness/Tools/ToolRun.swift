// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc

/// One run of somebody else's program, with a limit.
struct ToolRun {
  /// Every program here takes a second or two; one that takes this long hangs.
  static let timeout = Nanoseconds.seconds(60)

  let status: Int32
  let output: String

  /// Runs a shell command: tools are pinned and taken apart by it, as a user would.
  ///
  /// - Parameter timeout: after it the command and all it started are ended.
  /// - Throws: `HarnessError` (`tool`) when it cannot be started or does not end.
  init(_ command: String, timeout: Nanoseconds = ToolRun.timeout) throws(HarnessError) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    // Numbers with a point, whatever the user's language.
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    let log = TemporaryPath("weir-tool")
    defer { log.remove() }
    do {
      // A file, not a pipe: nobody reads while it writes.
      try Data().write(to: log.url)
      let handle = try FileHandle(forWritingTo: log.url)
      process.standardOutput = handle
      process.standardError = handle
      try process.run()
    } catch {
      throw HarnessError(
        .tool, "`\(command)` cannot be started: \(error.localizedDescription)",
        remedy: "run it by hand to see why")
    }
    guard ended.wait(timeout: .now() + timeout.seconds) == .success else {
      // Foundation starts each process in a group of its own: one that hangs is ended with its children.
      kill(-process.processIdentifier, SIGKILL)
      throw HarnessError(
        .tool, "`\(command)` did not end in \(timeout)", remedy: "run it by hand to see why")
    }
    status = process.terminationStatus
    output =
      FileManager.default.contents(atPath: log.path)
      .map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
