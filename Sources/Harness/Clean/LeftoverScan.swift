// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
public import SharedMemory

/// Finds what killed runs of this user left behind, without touching it.
///
/// Whatever may still belong to somebody is not a leftover: a segment whose creator's number is in
/// use, a worker whose harness lives under whatever name.
public struct LeftoverScan: Sendable {
  /// Where the kernel lists processes.
  public var processes = "/proc"
  /// Where named segments are.
  public var segments = "/dev/shm"
  /// Where rings are published by name.
  public var names = RuntimeDirectory.standard
  /// Searched for partial results, each with the directories below it down to `depth`.
  public var results: [(directory: String, depth: Int)] = [(".", 0), ("Results", 3)]
  /// Only this user's things are found.
  public var user: UInt32 = geteuid()

  public init() {}

  /// Workers first, then segments, names and results, each in the order of numbers or names.
  public func leftovers() -> [Leftover] {
    workers() + namedSegments() + staleNames() + partialResults()
  }

  var table: ProcessTable { ProcessTable(root: processes) }

  // MARK: Workers

  func workers() -> [Leftover] {
    let table = table
    return table.identifiers.compactMap { process in
      guard process != getpid(), table.owner(of: process) == user else { return nil }
      let arguments = table.arguments(of: process)
      guard Self.isWorker(arguments), !hasHarness(process, table) else { return nil }
      return .worker(process, arguments: arguments)
    }
  }

  /// `weir worker N …`, as the launcher starts it.
  static func isWorker(_ arguments: [String]) -> Bool {
    arguments.count > 2 && isWeir(arguments) && arguments[1] == "worker"
      && Int(arguments[2]).map { $0 >= 0 } == true
  }

  private static func isWeir(_ arguments: [String]) -> Bool {
    arguments.first?.split(separator: "/").last == "weir"
  }

  /// Whether the parent is the harness: by name, or because it holds the worker's board.
  ///
  /// A program that uses the harness as a library, such as a test, has another name.
  private func hasHarness(_ worker: pid_t, _ table: ProcessTable) -> Bool {
    guard let parent = table.parent(of: worker), parent > 0 else { return false }
    let arguments = table.arguments(of: parent)
    if Self.isWeir(arguments), !Self.isWorker(arguments) { return true }
    guard let board = table.file(WorkerSession.boardDescriptor, of: worker) else { return false }
    return table.holds(parent, board)
  }

  // MARK: Files

  /// `weir-PID-…`, named after its creator.
  func namedSegments() -> [Leftover] {
    Self.names(segments).compactMap { name in
      let parts = name.split(separator: "-", maxSplits: 2)
      guard parts.count == 3, parts[0] == "weir", let creator = pid_t(parts[1]), creator > 0,
        let size = ownFile("\(segments)/\(name)"), !table.exists(creator)
      else { return nil }
      return .segment(path: "\(segments)/\(name)", byteCount: size)
    }
  }

  /// Names whose lock the kernel took back; none in a directory that is not this user's alone.
  func staleNames() -> [Leftover] {
    let all = (try? NamedRing.all(in: names)) ?? []
    return all.filter(\.isStale).map { .name($0.name, directory: names.path) }
  }

  func partialResults() -> [Leftover] {
    results.flatMap { partialResults(in: $0.directory, depth: $0.depth) }
  }

  private func partialResults(in directory: String, depth: Int) -> [Leftover] {
    var found: [Leftover] = []
    for name in Self.names(directory) {
      let path = directory == "." ? name : "\(directory)/\(name)"
      if let writer = Self.writer(of: name) {
        if ownFile(path) != nil, !table.exists(writer) { found.append(.partialResult(path: path)) }
      } else if depth > 0, !name.hasPrefix("."), Self.isDirectory(path) {
        found += partialResults(in: path, depth: depth - 1)
      }
    }
    return found
  }

  /// The process in `.NAME.json.PID.tmp`, which ``RunWriter`` writes before it renames.
  static func writer(of name: String) -> pid_t? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 5, parts[0].isEmpty, parts[parts.count - 1] == "tmp",
      parts[parts.count - 3] == "json", let writer = pid_t(parts[parts.count - 2]), writer > 0
    else { return nil }
    return writer
  }

  private static func names(_ directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  /// The size of a regular file of this user, not followed if it is a link; nil for anything else.
  private func ownFile(_ path: String) -> Int? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == user
    else { return nil }
    return Int(status.st_size)
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
