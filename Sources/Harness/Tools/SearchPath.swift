// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The directories in which a shell looks for programs, in that order.
public struct SearchPath: Hashable, Sendable {
  let directories: [String]

  init(_ directories: [String]) { self.directories = directories }

  /// - Parameter environment: that of this process by default; one without `PATH` has no directories.
  init(environment: [String: String]? = nil) {
    let path = (environment ?? ProcessInfo.processInfo.environment)["PATH"] ?? ""
    directories = path.split(separator: ":").map(String.init)
  }

  /// The file that a program's name stands for; nil when there is none that may be executed.
  func program(_ name: String) -> String? {
    directories.map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
  }
}
