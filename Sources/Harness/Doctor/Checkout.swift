// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The git working tree of the package that an executable was built in.
struct Checkout {
  let directory: String

  /// Walks up from an executable to a directory that is both a package and a checkout.
  ///
  /// A home directory under git is no package, so a program installed in `~/bin` is not mistaken
  /// for part of it.
  init?(holding executable: String) {
    var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    // A path has few parts; the limit only guards against a loop.
    for _ in 0..<Self.highestTree {
      let names = [".git", "Package.swift"].map { folder.appendingPathComponent($0).path }
      if names.allSatisfy(FileManager.default.fileExists(atPath:)) {
        directory = folder.path
        return
      }
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static let highestTree = 64
  /// Git answers in milliseconds; one that does not is not worth waiting for.
  private static let timeout = Nanoseconds.seconds(5)

  /// The commit that is checked out; nil when git does not say.
  func commit() -> String? {
    let line = git(["rev-parse", "--verify", "HEAD"])?.split(whereSeparator: \.isNewline).first
    return line.map(String.init)
  }

  /// Whether anything differs from the commit, new files included; nil when git does not say.
  func isDirty() -> Bool? {
    git(["status", "--porcelain"]).map { !$0.isEmpty }
  }

  /// Whether a source was changed after an executable was built: it is not of the commit then.
  func isNewer(than executable: String) -> Bool {
    guard let built = Self.modified(URL(fileURLWithPath: executable)) else { return false }
    let root = URL(fileURLWithPath: directory)
    let files = ["Sources", "Benchmarks"].compactMap {
      FileManager.default.enumerator(
        at: root.appendingPathComponent($0),
        includingPropertiesForKeys: [.contentModificationDateKey])
    }
    let candidates = files.lazy.flatMap { $0.lazy.compactMap { $0 as? URL } }
      .filter { Self.compiled.contains($0.pathExtension) }
    return ([root.appendingPathComponent("Package.swift")] + Array(candidates))
      .contains { Self.modified($0).map { $0 > built } ?? false }
  }

  private static let compiled: Set<String> = ["swift", "c", "h"]

  private static func modified(_ file: URL) -> Date? {
    try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
  }

  private func git(_ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", directory, "-c", "core.fsmonitor=false"] + arguments
    // A hook's GIT_DIR would name another repository. Without locks a status beside somebody
    // else's commit disturbs neither.
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("GIT_") }
      .merging(["GIT_OPTIONAL_LOCKS": "0"]) { $1 }
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    guard (try? process.run()) != nil else { return nil }
    let deadline = DispatchTime.now() + Self.timeout.seconds
    let late = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: deadline, execute: late)
    defer { late.cancel() }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    guard ended.wait(timeout: deadline) == .success, process.terminationStatus == 0 else {
      return nil
    }
    return String(decoding: data, as: UTF8.self)
  }
}
