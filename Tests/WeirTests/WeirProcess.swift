// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What the real binary did.
struct WeirProcess {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `weir`, which the build puts beside the tests.
  ///
  /// - Parameters:
  ///   - directory: where it runs; a fresh place by default, so that no test sees another's files.
  ///   - environment: added to that of the tests; `nil` takes a variable out.
  init(
    _ arguments: [String], in directory: Scratch? = nil, environment: [String: String?] = [:]
  ) throws {
    let place = try directory ?? Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path())
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place.path)
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    // Files instead of pipes: nobody reads while it writes, and a pipe could fill up.
    let capture = try Scratch()
    let output = try capture.file("output")
    let errors = try capture.file("errors")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    self.output = try capture.text("output")
    self.errors = try capture.text("errors")
  }

  static func path() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
    let path = folder.appendingPathComponent("weir").path
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(path)")
    return path
  }

  /// The output as a JSON object.
  var json: [String: Any] {
    get throws {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return try #require(value as? [String: Any])
    }
  }

  /// Whether it refused in one line that starts like every error of the command.
  var refusedInOneLine: Bool {
    errors.hasPrefix("weir: ") && errors.hasSuffix("\n")
      && errors.dropLast().allSatisfy { !$0.isNewline } && output.isEmpty
  }
}

/// A directory that is gone with the last reference.
final class Scratch {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
    // Resolved, because a working directory is reported that way.
    path = folder.resolvingSymlinksInPath().appendingPathComponent("weir-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func file(_ name: String) throws -> FileHandle {
    try write("", to: name)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
