// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What processes still hold when they should hold nothing.
enum Leftovers {
  /// Descriptors of a peer that has nothing to do: three standard ones and three of the suite's.
  private static let idleSockets = 2

  #if WEIR_THREAD_SANITIZER
    /// The second is the sanitizer's, which starts it when it likes.
    private static let idleThreads = 2
  #else
    private static let idleThreads = 1
  #endif

  /// Waits for the ends of processes for as long as its process lives, once somebody slept for long.
  private static let watcherName = "weir-watch"

  /// Complains about rings, channels, watched processes and threads that a peer has not let go.
  static func none(of peer: PeerProcess, _ name: String, _ seed: UInt64) throws(Violation) {
    for _ in 0..<looks {
      if found(in: peer) == nil { return }
      Delay.sleep(lookNanoseconds)
    }
    guard let found = found(in: peer) else { return }
    throw Violation(expected: "\(name) to let go of all", found: found, seed: seed)
  }

  /// A thread that is just starting has no name yet, one that is ending still has one; on a machine that
  /// is busy with six other things either may last a while. What is really left stays.
  private static let looks = 5000
  private static let lookNanoseconds: Int64 = 1_000_000

  private static func found(in peer: PeerProcess) -> String? {
    let links = descriptors(of: "\(peer.identifier)")
    let sockets = links.count { $0.hasPrefix("socket:") }
    let rings = links.count { $0.contains("memfd:weir-ring") || $0.contains("[eventfd]") }
    let watched = links.count { $0.contains("pidfd") }
    let threads = threadNames(of: peer).count { $0 != watcherName }
    if rings == 0, sockets <= idleSockets, watched == 0, threads <= idleThreads { return nil }
    return "\(rings) rings and bells, \(sockets - idleSockets) channels, "
      + "\(watched) watched processes, \(threads) threads"
  }

  private static func threadNames(of peer: PeerProcess) -> [String] {
    let folder = "/proc/\(peer.identifier)/task"
    return entries(folder).map { task in
      let name = try? String(contentsOfFile: "\(folder)/\(task)/comm", encoding: .utf8)
      return (name ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// Where the descriptors of a process lead.
  static func descriptors(of process: String) -> [String] {
    let folder = "/proc/\(process)/fd"
    return entries(folder).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
  }

  /// This process's children, ended ones that nobody reaped included.
  static func childCount() -> Int {
    entries("/proc/self/task").reduce(0) { count, task in
      let path = "/proc/self/task/\(task)/children"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return count + text.split(separator: " ").count
    }
  }

  private static func entries(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
