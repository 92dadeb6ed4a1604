// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

/// Real runs of the real binary; one at a time, because each takes all CPUs.
@Suite(.serialized, .timeLimit(.minutes(1))) struct RunTests {
  /// What a run without faults exits with: a debug build is told apart even when allowed.
  static func goodExit(_ json: [String: Any]) -> Int {
    let build = json["build"] as? [String: Any]
    return build?["configuration"] as? String == "debug" ? 9 : 0
  }

  static func cells(_ json: [String: Any]) throws -> [[String: Any]] {
    try #require(json["cells"] as? [[String: Any]])
  }

  static func isOneLine(_ text: String) -> Bool {
    text.hasPrefix("weir: ") && text.hasSuffix("\n") && text.count(where: \.isNewline) == 1
  }

  static let hasTwoCores = (try? Machine.current())?.cores.count ?? 0 > 1
}
