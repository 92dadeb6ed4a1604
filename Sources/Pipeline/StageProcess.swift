// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import SharedMemory
internal import Topology

/// The process of one stage: killed with the thread that started it, reaped in any case.
final class StageProcess {
  let pidfd: CInt
  private var outcome: String?
  /// Whether its end was this program's doing.
  private(set) var wasKilledHere = false

  /// Starts it. The calling thread must live as long as the process should.
  init(
    _ stage: Pipeline.Stage, _ order: StageOrder, executable: String, descriptors: [CInt]
  ) throws(PipelineError) {
    guard let json = try? JSONEncoder().encode(order) else {
      throw PipelineError(.startFailed, stage: stage.name, "its order cannot be written as JSON")
    }
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    let started = ProcessOrder(
      executable: executable,
      arguments: [executable, StageOrder.flag, String(decoding: json, as: UTF8.self)],
      environment: environment, cpuMask: stage.cpus?.words ?? [], descriptors: descriptors
    ).start()
    guard started.process > 0 else {
      let reason = unsafe String(cString: strerror(-started.process))
      throw PipelineError(
        .startFailed, stage: stage.name,
        started.failedStep == CInt(WEIR_STEP_AFFINITY)
          ? "the CPUs \(stage.cpus.map { "\($0)" } ?? "") were refused (\(reason)); choose allowed ones"
          : "its process could not be started (\(reason)); check the executable and raise ulimit -u, -n"
      )
    }
    pidfd = weir_open_pidfd(started.process)
    if pidfd < 0 {
      _ = Glibc.kill(started.process, SIGKILL)
      throw PipelineError(
        .startFailed, stage: stage.name, "pidfd_open failed; Linux 5.4 or later is needed")
    }
  }

  deinit {
    kill()
    close(pidfd)
  }

  /// How the process ended, in words; nil while it runs.
  func poll() -> String? { reap(block: false) }

  /// Kills it if it runs, and reaps it.
  func kill() {
    guard poll() == nil else { return }
    wasKilledHere = true
    _ = weir_pidfd_kill(pidfd, SIGKILL)
    _ = reap(block: true)
  }

  private func reap(block: Bool) -> String? {
    if outcome != nil { return outcome }
    var (code, signalled): (CInt, CInt) = (0, 0)
    guard unsafe weir_reap(pidfd, block ? 1 : 0, &code, &signalled) == 0 else { return nil }
    outcome =
      signalled != 0
      ? "its process was killed by signal \(code)" : "its process exited with code \(code)"
    return outcome
  }
}
