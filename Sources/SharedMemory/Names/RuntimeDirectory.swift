// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// The directory through which the processes of one user find each other's rings by name.
///
/// It holds one small file per name, readable and writable by the user alone. What is found in it
/// decides which memory is mapped, so a directory that others could write to is refused.
public struct RuntimeDirectory: Hashable, Sendable {
  public let path: String

  /// The environment variable that names the directory; both ends must agree on it.
  public static let variable = "WEIR_RUNTIME_DIR"

  public init(path: String) { self.path = path }

  /// `$WEIR_RUNTIME_DIR`, else `$XDG_RUNTIME_DIR/weir`, else `/tmp/weir-UID`.
  public static var standard: RuntimeDirectory {
    if let path = environment(variable) { return RuntimeDirectory(path: path) }
    if let path = environment("XDG_RUNTIME_DIR") { return RuntimeDirectory(path: path + "/weir") }
    return RuntimeDirectory(path: "/tmp/weir-\(geteuid())")
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Names in use or left behind, sorted; none when there is no directory.
  /// - Throws: `.notPermitted` when the directory is not this user's alone.
  public func names() throws(SharedMemoryError) -> [String] {
    guard try exists() else { return [] }
    return ProcessFiles.names(path).filter(PublishedName.isValid).sorted()
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes the directory unless it exists.
  func make() throws(SharedMemoryError) {
    if try exists() { return }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .systemCall(
        "mkdir(\(path))", returned: Int64(-errno),
        remedy: "set \(Self.variable) to a directory in one that exists and is yours")
    }
    // Somebody else may have made it at the same time.
    guard try exists() else {
      throw SharedMemoryError(
        .notPermitted, "\(path) vanished while it was made; try again or set \(Self.variable)")
    }
  }

  /// Whether the directory is there.
  /// - Throws: `.notPermitted` when it is a link, another user's, or open to others.
  func exists() throws(SharedMemoryError) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return false }
      throw SharedMemoryError(
        .notPermitted, errno: .init(rawValue: errno),
        "\(path) cannot be looked at; set \(Self.variable) to a directory of your own")
    }
    let problem: String
    if status.st_mode & S_IFMT != S_IFDIR {
      problem = "is no directory"
    } else if status.st_uid != geteuid() {
      problem = "belongs to user \(status.st_uid), not to you (user \(geteuid()))"
    } else if status.st_mode & 0o077 != 0 {
      problem = "is open to other users; run chmod 700 on it"
    } else {
      return true
    }
    throw SharedMemoryError(
      .notPermitted,
      "\(path) \(problem); rings are found in a private directory of their user: "
        + "set \(Self.variable) to one")
  }
}
