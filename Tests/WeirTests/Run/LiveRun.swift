// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// A `weir run` that is under way: to look at, to send signals to, and to wait for with a limit.
///
/// Every process of it carries a marker in its environment, by which those that outlive the run are
/// found whoever has become their parent.
final class LiveRun {
  let scratch: Scratch
  let pid: pid_t
  private let marker: String
  private var status: CInt?
  private var waited: CInt = 0

  /// Starts `weir run job.yaml` in a fresh directory, in a process group of its own.
  init(_ arguments: [String] = [], job: String = RunJob.long) throws {
    scratch = try Scratch()
    marker = "WEIR_TEST_RUN=\(UUID().uuidString)"
    try scratch.write(job, to: "job.yaml")
    // Goes there, closes what it inherited, or it would hold open what other tests wait to see
    // closed, and becomes weir.
    let script = """
      cd "$1"; shift
      for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
      exec "$@"
      """
    let weir = [try WeirProcess.path(), "run", "job.yaml", "--allow-debug"] + arguments
    let words = ["bash", "-c", script, "bash", scratch.path] + weir
    let environment =
      ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" } + [marker]
    pid = try Self.spawn("/bin/bash", words, environment, in: scratch.path)
  }

  deinit {
    guard status == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, &waited, 0)
  }

  private static func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], in directory: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (number, name) in [(CInt(1), "output"), (2, "errors")] {
      posix_spawn_file_actions_addopen(
        &actions, number, "\(directory)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var pid: pid_t = 0
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    let error = posix_spawn(&pid, path, &actions, &attributes, words, variables)
    try #require(error == 0, "posix_spawn: \(error)")
    return pid
  }

  func signal(_ number: CInt) { kill(pid, number) }

  /// Waits for the end: the exit code, or minus the signal.
  func end(within seconds: Double = 10) throws -> CInt {
    let ended = eventually(within: seconds) {
      if status == nil, waitpid(pid, &waited, WNOHANG) == pid { status = waited }
      return status != nil
    }
    try #require(ended, "weir still runs after \(seconds) s: \(errors)")
    let value = try #require(status)
    return value & 0x7f == 0 ? (value >> 8) & 0xff : -(value & 0x7f)
  }

  var output: String { (try? scratch.text("output")) ?? "" }
  var errors: String { (try? scratch.text("errors")) ?? "" }

  /// The JSON in a file of the run's directory; nil when there is no such file.
  func json(_ name: String) throws -> [String: Any]? {
    guard try scratch.names.contains(name) else { return nil }
    let value = try JSONSerialization.jsonObject(with: Data(try scratch.text(name).utf8))
    return try #require(value as? [String: Any])
  }

  // MARK: Its processes

  /// All processes of the run, the harness included; zombies have no environment and are not.
  var processes: [LiveProcess] {
    LiveProcess.all.filter { $0.environment.contains(marker) }
  }

  var workers: [LiveProcess] { processes.filter { $0.arguments.dropFirst().first == "worker" } }

  /// Waits for a worker of a role.
  func worker(_ role: String, within seconds: Double = 15) throws -> LiveProcess {
    var found: LiveProcess?
    _ = eventually(within: seconds) {
      found = workers.first { $0.role == role }
      return found != nil
    }
    return try #require(found, "no \(role) in \(seconds) s: \(errors)")
  }

  /// Waits until nothing of the run is left.
  func isGone(within seconds: Double = 2) -> Bool {
    eventually(within: seconds) { processes.isEmpty }
  }
}

/// A process as /proc shows it.
struct LiveProcess {
  let pid: pid_t

  static var all: [LiveProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.map { LiveProcess(pid: $0) }
  }

  private func strings(_ file: String) -> [String] {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data()
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  var environment: [String] { strings("environ") }
  var arguments: [String] { strings("cmdline") }

  /// Read once: a process that ends has no words the next time.
  var role: String? { arguments.dropFirst(3).first }

  /// CPUs the kernel lets it run on, such as `0-1`.
  var allowedCPUs: String? {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/status") ?? Data()
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("Cpus_allowed_list:") }?
      .split(separator: "\t").last.map(String.init)
  }
}

/// Asks every few milliseconds, with a limit.
func eventually(within seconds: Double, _ condition: () -> Bool) -> Bool {
  let limit = ContinuousClock.now + .seconds(seconds)
  repeat {
    if condition() { return true }
    usleep(5000)
  } while ContinuousClock.now < limit
  return condition()
}

/// Lets a random part of a span pass.
///
/// - Returns: the milliseconds, for the message of a test that fails.
func pauseAtRandom(upToMilliseconds most: UInt32) -> UInt32 {
  let milliseconds = UInt32.random(in: 0...most)
  usleep(milliseconds * 1000)
  return milliseconds
}
