// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SharedMemory

/// Removes what a ``LeftoverScan`` found.
public struct Cleaner: Sendable {
  private let scan: LeftoverScan

  /// - Parameter scan: repeated before a worker is killed, because numbers are given again.
  public init(_ scan: LeftoverScan) { self.scan = scan }

  /// What became of a leftover.
  public enum Outcome: Hashable, Sendable {
    case removed
    /// It ended or was removed by somebody else meanwhile.
    case gone
    /// Why it is still there, in one line.
    case refused(String)
  }

  /// How long a killed process may take to end.
  private static let patience = Nanoseconds.seconds(5)

  public func remove(_ leftover: Leftover) -> Outcome {
    switch leftover {
    case .worker(let process, let arguments): kill(process, arguments)
    case .name(let name, let directory): forget(name, RuntimeDirectory(path: directory))
    case .segment(let path, _), .partialResult(let path): unlink(path)
    }
  }

  /// The descriptor pins the process first; only then is it looked at again, so that a number that
  /// was given to another process in between kills nobody.
  private func kill(_ process: pid_t, _ arguments: [String]) -> Outcome {
    let pidfd = weir_open_pidfd(process)
    if pidfd == -ESRCH { return .gone }
    guard pidfd >= 0 else { return .refused(Self.reason(-pidfd)) }
    defer { close(pidfd) }
    guard scan.workers().contains(.worker(process, arguments: arguments)) else { return .gone }
    let sent = weir_pidfd_kill(pidfd, SIGKILL)
    if sent == -ESRCH { return .gone }
    guard sent >= 0 else { return .refused(Self.reason(-sent)) }
    var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
    let ended = unsafe weir_poll(&entry, 1, Int64(Self.patience.count))
    return ended > 0 ? .removed : .refused("it was killed but did not end in \(Self.patience)")
  }

  /// Under the name's lock: a producer that takes it over meanwhile keeps it.
  private func forget(_ name: String, _ directory: RuntimeDirectory) -> Outcome {
    do throws(SharedMemoryError) {
      return try PublishedName.removeStale(name, in: directory) ? .removed : .gone
    } catch {
      return .refused(error.description)
    }
  }

  private func unlink(_ path: String) -> Outcome {
    guard unsafe Glibc.unlink(path) != 0 else { return .removed }
    return errno == ENOENT ? .gone : .refused(Self.reason(errno))
  }

  private static func reason(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }
}
