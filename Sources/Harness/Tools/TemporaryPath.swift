// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A path of its own among temporary files; what lies there is gone with this object.
final class TemporaryPath {
  let url: URL
  var path: String { url.path }

  /// Creates nothing.
  /// - Parameter name: what the path begins with, for who finds it.
  init(_ name: String) {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(name)-\(UUID().uuidString)")
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  deinit { remove() }
}
