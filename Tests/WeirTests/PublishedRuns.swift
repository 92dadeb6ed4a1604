// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The runs that this repository publishes, as paths.
enum PublishedRuns {
  static let all: [String] = {
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (files ?? []).filter { $0.hasSuffix(".json") && $0.split(separator: "/").count == 2 }
      .map { folder.appendingPathComponent($0).path }.sorted()
  }()

  private static let folder = Repository.root.appendingPathComponent("Results")

  /// A recorded run of a job, such as `default`.
  static func of(job name: String) -> String? { all.first { $0.hasSuffix("/\(name).json") } }
}
