// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension Job {
  static let backendsKey = "backends"

  /// The files of stores that a job brings along, under `backends`: paths that begin in its own folder.
  ///
  /// To be asked, and the stores to be loaded, before the job itself is read: it names them.
  /// - Parameter source: the job's file name.
  /// - Throws: `HarnessError` (`job`) when the text is no YAML, or the key holds no paths.
  public static func backends(yaml: String, source: String) throws(HarnessError) -> [String] {
    let entries = try JobNode(yaml: yaml, source: source).map("job", example: "{ schema: 1 }")
    guard let entry = entries.first(where: { $0.key == backendsKey }) else { return [] }
    let folder = URL(fileURLWithPath: source).deletingLastPathComponent().relativePath
    var paths: [String] = []
    for node in try entry.value.axisValues(backendsKey) {
      let path = try node.text(backendsKey, example: "[./libstore.so]")
      paths.append(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }
    return paths
  }
}
