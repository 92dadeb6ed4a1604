// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The working tree that these tests were built from.
enum Repository {
  static let root: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  /// A machine that is not here, as hwloc wrote it down.
  static func topology(_ name: String) -> String { path("Tests/Topologies/\(name).xml") }
}
