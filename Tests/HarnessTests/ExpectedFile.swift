// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A text as it should be, kept beside the tests. To write all anew after a change that is meant, run the
/// tests with `WEIR_WRITE_EXPECTED=1`, and read the difference.
enum ExpectedFile {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Report/Expected")

  /// What the file holds, which is this text itself where files are written anew.
  static func text(_ name: String, orWrite text: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["WEIR_WRITE_EXPECTED"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try String(contentsOf: file, encoding: .utf8)
  }
}
