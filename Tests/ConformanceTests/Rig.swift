// SPDX-License-Identifier: Apache-2.0
import Conformance
import Foundation
import Testing
import Transport

/// Processes that play the parts of a check: `weir`, which the build puts beside the tests.
enum Rig {
  static func pool() -> PeerPool {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(fileURLWithPath: tests ?? "").deletingLastPathComponent()
    return PeerPool(
      executable: folder.appendingPathComponent("weir").path, arguments: ["check-peer"],
      spareCount: 2)
  }

  /// Enough to run every line, little enough to run it at every change.
  static let effort = Effort(rounds: 2, items: 100)

  static func check(_ id: String) throws -> Check {
    try #require(Suite.checks.first { $0.id == id }, "\(id)")
  }

  /// Every check with every store that it says something about.
  static let pairs: [(String, StoreKind)] = Suite.checks.flatMap { check in
    StoreKind.allCases.filter { !check.examples(of: $0).isEmpty }.map { (check.id, $0) }
  }
}
