// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness

/// A file that a reader sees whole or not at all.
struct OutputFile {
  let path: String

  /// - Throws: `HarnessError` (`file`); an older file is then untouched.
  func write(_ text: String) throws(HarnessError) {
    do {
      let options: Data.WritingOptions = isReplaceable ? .atomic : []
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: options)
    } catch {
      throw HarnessError(
        .file, at: path, "cannot write it: \(error.localizedDescription)",
        remedy: "choose a directory that exists and can be written")
    }
  }

  /// Renaming a new file over `/dev/stdout` or a pipe would destroy it.
  private var isReplaceable: Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let type = attributes?[.type] as? FileAttributeType else { return true }
    return type == .typeRegular
  }
}
