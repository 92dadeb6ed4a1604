// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Runs that a user keeps under names, to compare others with.
public struct BaselineStore: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// `$WEIR_BASELINES`, else `$XDG_DATA_HOME/weir/baselines`, else `~/.local/share/weir/baselines`; as the XDG
  /// base directory specification says, a relative `$XDG_DATA_HOME` counts for nothing.
  public init(environment: [String: String]) {
    if let own = environment["WEIR_BASELINES"], !own.isEmpty {
      folder = own
      return
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    folder = (data ?? "\(home)/.local/share") + "/weir/baselines"
  }

  /// Longest name; with `.json` and the writer's own suffix it fits any file system.
  static let longestName = 64

  private func path(_ name: String) throws(HarnessError) -> String {
    let isFine =
      name.first.map { $0 != "." && $0 != "-" } ?? false
      && name.utf8.count <= Self.longestName
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    guard isFine else {
      throw HarnessError(
        .job, at: name, "this is no name for a baseline",
        remedy: "use up to \(Self.longestName) letters, digits, `.`, `_` and `-`, such as main")
    }
    return "\(folder)/\(name).json"
  }

  /// Keeps a run.
  ///
  /// - Parameter replaces: whether one of that name gives way.
  /// - Throws: `HarnessError` (`job` for a bad or taken name, `file` when it cannot be written).
  public func save(_ run: Run, as name: String, replaces: Bool) throws(HarnessError) {
    let path = try path(name)
    guard replaces || !FileManager.default.fileExists(atPath: path) else {
      throw HarnessError(
        .job, at: name, "there is a baseline of that name", remedy: "say --replace, or take another"
      )
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw HarnessError(
        .file, at: folder, "cannot create the folder: \(error.localizedDescription)",
        remedy: "set WEIR_BASELINES to one that can be written")
    }
    try RunWriter(path: path).write(run)
  }

  /// In alphabetical order; empty when nothing was ever kept.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".json".count)) }.sorted()
  }

  /// - Returns: nil when there is none of that name.
  /// - Throws: `HarnessError` when there is one that cannot be read, or the name is no name.
  public func run(_ name: String) throws(HarnessError) -> Run? {
    let path = try path(name)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Run(path: path)
  }

  /// - Returns: whether there was one.
  public func remove(_ name: String) throws(HarnessError) -> Bool {
    let path = try path(name)
    guard FileManager.default.fileExists(atPath: path) else { return false }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw HarnessError(
        .file, at: path, "cannot remove it: \(error.localizedDescription)",
        remedy: "check permissions")
    }
    return true
  }
}
