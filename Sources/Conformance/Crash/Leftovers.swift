// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What processes still hold when they should hold nothing.
enum Leftovers {
  /// Descriptors of a peer that has nothing to do: three standard ones and three of the suite's.
  private static let idleSockets = 2

  /// Complains about rings, channels and threads that a peer has not let go.
  static func none(of peer: PeerProcess, _ name: String, _ seed: UInt64) throws(Violation) {
    let links = descriptors(of: "\(peer.identifier)")
    let sockets = links.count { $0.hasPrefix("socket:") }
    let rings = links.count { $0.contains("memfd:weir-ring") || $0.contains("[eventfd]") }
    let threads = entries("/proc/\(peer.identifier)/task").count
    guard rings == 0, sockets <= idleSockets, threads == 1 else {
      throw Violation(
        expected: "\(name) to let go of all",
        found: "\(rings) rings and bells, \(sockets - idleSockets) channels, \(threads) threads",
        seed: seed)
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
