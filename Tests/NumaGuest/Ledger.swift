// SPDX-License-Identifier: Apache-2.0

import SharedMemory

/// Every check of a guest, printed as it is made.
struct Ledger {
  private var stage = ""
  private(set) var passed = 0
  private(set) var failed: [String] = []
  private let started = MonotonicTime.nanoseconds()

  var isClean: Bool { failed.isEmpty && passed > 0 }

  mutating func begin(_ stage: String) {
    self.stage = stage
    print("== \(stage) (\((MonotonicTime.nanoseconds() - started) / 1_000_000_000) s)")
  }

  /// - Parameters:
  ///   - claim: what must hold.
  ///   - seen: what was seen instead, for one that does not.
  mutating func check(_ holds: Bool, _ claim: String, _ seen: @autoclosure () -> String = "") {
    if holds {
      passed += 1
      print("  ok    \(claim)")
    } else {
      let seen = seen()
      failed.append("\(stage): \(claim)")
      print("  FAIL  \(claim)\(seen.isEmpty ? "" : ": \(seen)")")
    }
  }

  var summary: String {
    let seconds = (MonotonicTime.nanoseconds() - started) / 1_000_000_000
    let count = "\(passed) checks passed, \(failed.count) failed, \(seconds) s"
    return failed.isEmpty ? count : "\(count):\n" + failed.map { "  \($0)" }.joined(separator: "\n")
  }
}
