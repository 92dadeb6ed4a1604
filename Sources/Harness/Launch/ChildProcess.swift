// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SharedMemory
internal import SystemPackage
package import Topology

/// A worker process: started with its affinity, killed with its owner, reaped in any case.
package struct ChildProcess: ~Copyable {
  let identifier: pid_t
  package let pidfd: CInt
  private let errorOutput: CInt
  private var outcome: Outcome?

  package enum Outcome: Equatable {
    case exited(CInt)
    case killed(signal: CInt)
  }

  package struct Order: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String]
    var cpus: CPUSet
    var descriptors: [CInt]
    var standardStreams: CInt

    /// - Parameters:
    ///   - cpus: those it may use; an empty set inherits.
    ///   - standardStreams: a socket that becomes standard input and output alike; 0 inherits.
    package init(
      executable: String, arguments: [String], environment: [String], cpus: CPUSet,
      descriptors: [CInt], standardStreams: CInt = 0
    ) {
      self.executable = executable
      self.arguments = arguments
      self.environment = environment
      self.cpus = cpus
      self.descriptors = descriptors
      self.standardStreams = standardStreams
    }
  }

  /// Starts a process.
  /// - Throws: `.spawnFailed` with the step that failed.
  package init(_ order: Order) throws(LaunchError) {
    let output = unsafe weir_memfd_create("weir-stderr")
    guard output >= 0 else {
      throw LaunchError(.spawnFailed, "no memory file for a worker's messages; raise ulimit -n")
    }
    nonisolated(unsafe) var step: CInt = 0
    nonisolated(unsafe) var pid: pid_t = 0
    // Written by the spawn thread while this one waits for it.
    SpawnThread.shared.run { unsafe pid = Self.spawn(order, errorOutput: output, &step) }
    guard unsafe pid > 0 else {
      close(output)
      throw Self.failure(step: unsafe step, error: unsafe -pid, order)
    }
    let pidfd = unsafe weir_open_pidfd(pid)
    guard pidfd >= 0 else {
      _ = unsafe Glibc.kill(pid, SIGKILL)
      close(output)
      throw LaunchError(.spawnFailed, "pidfd_open failed; Linux 5.4 or later is needed")
    }
    identifier = unsafe pid
    self.pidfd = pidfd
    errorOutput = output
  }

  deinit {
    if outcome == nil {
      _ = weir_pidfd_kill(pidfd, SIGKILL)
      var (code, signalled): (CInt, CInt) = (0, 0)
      _ = unsafe weir_reap(pidfd, 1, &code, &signalled)
    }
    close(pidfd)
    close(errorOutput)
  }

  private static func spawn(_ order: Order, errorOutput: CInt, _ step: inout CInt) -> pid_t {
    let started = ProcessOrder(
      executable: order.executable, arguments: order.arguments, environment: order.environment,
      cpuMask: order.cpus.words, descriptors: order.descriptors, standardError: errorOutput,
      standardStreams: order.standardStreams
    ).start()
    step = started.failedStep
    return started.process
  }

  private static func failure(step: CInt, error: CInt, _ order: Order) -> LaunchError {
    let reason = Errno(rawValue: error).description
    switch Int(step) {
    case Int(WEIR_STEP_AFFINITY):
      return LaunchError(
        .spawnFailed,
        "CPUs \(order.cpus) were refused (\(reason)); place the worker on CPUs that `weir topology` "
          + "shows as allowed")
    case Int(WEIR_STEP_EXEC):
      return LaunchError(
        .spawnFailed, "the executable cannot be started again (\(reason)); is it still there?")
    case Int(WEIR_STEP_PARENT):
      return LaunchError(.spawnFailed, "the harness went away while a worker started (\(reason))")
    default:
      return LaunchError(
        .spawnFailed, "a worker could not be started (\(reason)); raise ulimit -u and -n")
    }
  }

  /// Whether its end has been noticed; until then its pidfd is worth polling.
  var isReaped: Bool { outcome != nil }

  /// Reaps the process if it has ended; nil while it runs.
  package mutating func poll() -> Outcome? {
    if let outcome { return outcome }
    var (code, signalled): (CInt, CInt) = (0, 0)
    guard unsafe weir_reap(pidfd, 0, &code, &signalled) == 0 else { return nil }
    outcome = signalled != 0 ? .killed(signal: code) : .exited(code)
    return outcome
  }

  /// Kills the process and reaps it.
  mutating func kill() {
    guard outcome == nil else { return }
    _ = weir_pidfd_kill(pidfd, SIGKILL)
    var (code, signalled): (CInt, CInt) = (0, 0)
    _ = unsafe weir_reap(pidfd, 1, &code, &signalled)
    outcome = signalled != 0 ? .killed(signal: code) : .exited(code)
  }

  /// Whether somebody stopped the process; also false when it is gone.
  var isStopped: Bool {
    // The state follows the name, which is in parentheses and may hold anything.
    let text = SystemFile.text("/proc/\(identifier)/stat")
    guard let end = text?.lastIndex(of: ")") else { return false }
    return text?[end...].dropFirst(2).first.map { "Tt".contains($0) } ?? false
  }

  /// The line that tells most of what the process wrote to its standard error; nil when it wrote
  /// nothing.
  ///
  /// That is a worker's own last words or the runtime's, which a stack trace follows, else the first.
  package func lastMessage() -> String? {
    let size = weir_file_size(errorOutput)
    guard size > 0 else { return nil }
    let count = Int(min(size, 16384))
    let text = unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
      let got = unsafe pread(errorOutput, buffer.baseAddress, count, 0)
      return unsafe String(decoding: buffer[..<max(0, got)], as: UTF8.self)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let telling = lines.last { $0.hasPrefix("weir worker ") || $0.contains("Fatal error: ") }
    return (telling ?? lines.first).map(String.init)
  }
}
