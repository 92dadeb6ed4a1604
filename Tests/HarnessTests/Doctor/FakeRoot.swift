// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import Harness

/// A directory that stands for the root of some machine; gone with the last reference.
final class FakeRoot {
  let path: String

  /// - Parameter files: contents by absolute path on that machine.
  init(_ files: [String: String] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory
    path = folder.appendingPathComponent("weir-root-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, content) in files { try write(content, to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ content: String, to name: String) throws {
    let file = URL(fileURLWithPath: path + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data((content + "\n").utf8).write(to: file)
  }

  var probe: SystemProbe { SystemProbe(root: path, searchPath: SearchPath([path + "/usr/bin"])) }
}

/// The verdict on a machine that has just these files.
func verdict(
  _ files: [String: String], _ check: (SystemProbe) -> MachineInfo.Check
) throws -> MachineInfo.Check {
  let root = try FakeRoot(files)
  return check(root.probe)
}
