// SPDX-License-Identifier: Apache-2.0
internal import CBackend
internal import Foundation
internal import Glibc
internal import Synchronization

/// The stores that this process has loaded from shared objects, for jobs and checks to name.
///
/// Processes that it starts load the same ones: their paths are in the environment.
public enum BackendPlugins {
  /// Paths of shared objects, separated by colons.
  public static let variable = "WEIR_BACKENDS"

  private static let state = Mutex<[BackendPlugin]>([])

  static var loaded: [BackendPlugin] { state.withLock { $0 } }

  /// Who they are and where they came from, a line each.
  public static var notes: [String] { loaded.map { "\($0.label) is the plug-in \($0.path)" } }

  /// The stores' names.
  public static var names: [String] { loaded.map(\.name) }

  /// Whether a path names a shared object, and so not a program.
  public static func isSharedObject(_ path: String) -> Bool {
    let file = URL(fileURLWithPath: path).lastPathComponent
    return file.hasSuffix(".so") || file.contains(".so.")
  }

  /// The environment of a process that is to load one file in the place of another.
  public static func variables(replacing old: String, by path: String) -> [String: String] {
    let others = loaded.filter { $0.path != old }.map(\.path) + [path]
    return [variable: others.map(absolute).joined(separator: ":")]
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// Loads what the environment names, and more; each once.
  ///
  /// To be called before this process has threads, because it changes the environment.
  /// - Throws: `BackendPluginError` at the first that cannot be a store here.
  public static func load(_ paths: [String] = []) throws(BackendPluginError) {
    let inherited = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? ""
    for path in inherited.split(separator: ":").map(String.init) + paths {
      let absolute = absolute(path)
      guard !loaded.contains(where: { Self.absolute($0.path) == absolute }) else { continue }
      guard !absolute.contains(":") else {
        throw BackendPluginError(
          .usage, path, "the path of a backend has no `:`, which separates them; move it")
      }
      let table = try unsafe table(path, absolute)
      let plugin = unsafe BackendPlugin(table, path: path, number: loaded.count)
      try checkName(plugin)
      state.withLock { $0.append(plugin) }
    }
    let all = loaded.map { absolute($0.path) }
    if !all.isEmpty { unsafe setenv(variable, all.joined(separator: ":"), 1) }
  }

  /// The store's name in a shared object, without keeping the store.
  /// - Throws: as ``load(_:)``.
  public static func name(of path: String) throws(BackendPluginError) -> String {
    let table = try unsafe table(path, absolute(path))
    return unsafe String(cString: table.name)
  }

  private static func checkName(_ plugin: BackendPlugin) throws(BackendPluginError) {
    let taken = ["list", "queue", "shm", "null"] + PeerKind.builtIn.map(\.rawValue)
    if taken.contains(plugin.name) {
      throw BackendPluginError(
        .usage, plugin.path, "it calls itself `\(plugin.name)`, as a store of Weir's; rename it")
    }
    if let other = loaded.first(where: { $0.name == plugin.name }) {
      throw BackendPluginError(
        .usage, plugin.path,
        "it calls itself `\(plugin.name)`, as \(other.path) does; load one of them, or compare them with "
          + "`weir gate --base \(other.path) --head \(plugin.path)`")
    }
  }

  private static func table(
    _ path: String, _ absolute: String
  ) throws(BackendPluginError) -> weir_backend_v1 {
    guard unsafe access(absolute, R_OK) == 0 else {
      throw BackendPluginError(
        .file, path, "the backend cannot be read; check the path and permissions")
    }
    var table = unsafe weir_backend_v1()
    let finding = unsafe weir_backend_load(absolute, &table)
    if let problem = problem(finding) { throw BackendPluginError(.usage, path, problem) }
    return unsafe table
  }

  private static func problem(_ finding: weir_backend_finding) -> String? {
    let text = unsafe withUnsafeBytes(of: finding.text) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let (number, least) = (finding.found, weir_backend_least_bytes)
    return switch finding.verdict {
    case WEIR_LOADED: nil
    case WEIR_NOT_LOADABLE:
      "it cannot be loaded (\(text)); build it with `cc -shared -fPIC` and all it needs"
    case WEIR_NO_SYMBOL:
      "it exports no weir_backend_v1, so it is no backend; define that function, visibly, as "
        + "weir_backend.h says"
    case WEIR_NO_TABLE: "its weir_backend_v1() returns NULL; return the table of its functions"
    case WEIR_OTHER_VERSION:
      "it speaks version \(number) of the backend contract, this weir \(WEIR_BACKEND_VERSION); build it "
        + "with this weir's weir_backend.h"
    case WEIR_OTHER_SIZE:
      "its table says it has \(number) bytes, and one of version \(WEIR_BACKEND_VERSION) has "
        + "\(least) or some more; set byte_count to sizeof(struct weir_backend_v1)"
    case WEIR_MISSING_FUNCTION:
      "its table has NULL for \(text); only forget, release, unavailable and explain may be missing"
    default: "it declares what cannot be (\(text)); correct its table"
    }
  }
}

/// Why a shared object cannot be a store here.
public struct BackendPluginError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The file cannot be read.
    case file
    /// It is no backend, or one that cannot be used.
    case usage
  }

  public let code: Code
  /// What is wrong with which file, and what to do about it, in one line.
  public let description: String

  init(_ code: Code, _ path: String, _ problem: String) {
    self.code = code
    description = "\(path): \(problem)"
  }
}
