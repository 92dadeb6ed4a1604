// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SystemPackage

/// What stands behind a name, looked at without touching it.
public struct NamedRing: Hashable, Sendable {
  public let name: String
  /// Nil when the file holds none: it is damaged, or its writer died over it.
  public let record: NameRecord?
  /// Whether the publisher holds the name: a lock that the kernel takes from the dead.
  public let isHeld: Bool

  /// Looks at a record that is being written this often.
  private static let readAttempts = 50

  /// Everything in a directory, sorted by name.
  /// - Throws: `.notPermitted` when the directory is not this user's alone.
  public static func all(
    in directory: RuntimeDirectory = .standard
  ) throws(SharedMemoryError) -> [NamedRing] {
    try directory.names().compactMap { look(at: $0, in: directory) }
  }

  /// What is behind a name; nil when there is nothing.
  /// - Throws: `.invalidArgument` for what can be no name, `.notPermitted` when the directory is not
  ///   this user's alone.
  public static func find(
    _ name: String, in directory: RuntimeDirectory = .standard
  ) throws(SharedMemoryError) -> NamedRing? {
    try PublishedName.check(name)
    guard try directory.exists() else { return nil }
    return look(at: name, in: directory)
  }

  private static func look(at name: String, in directory: RuntimeDirectory) -> NamedRing? {
    let descriptor = unsafe open(directory.file(name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var record: NameRecord?
    var isHeld = false
    for _ in 0..<readAttempts {
      // The lock first: the record of a name that is held now may still be its last owner's.
      isHeld = weir_byte_is_locked(descriptor, 0) == 1
      record = ProcessFiles.text(descriptor).flatMap { NameRecord(text: $0) }
      // Its owner has the name before it has written the record.
      if let record, !isHeld || record.processRuns { break }
      if !isHeld { break }
      Pause.aMoment()
    }
    return NamedRing(name: name, record: record, isHeld: isHeld)
  }

  /// Whether the process that published the ring is gone.
  public var isStale: Bool { !isHeld }

  /// Maps the segment behind the name.
  ///
  /// - Throws: `.nameStale` when its publisher is gone, `.notPermitted` when its process cannot be
  ///   reached, `.corrupt` when what it holds is no segment.
  public func segment(readOnly: Bool = false) throws(SharedMemoryError) -> Segment {
    guard isHeld else { throw stale() }
    guard let record, record.processRuns else {
      throw SharedMemoryError(
        .notPermitted,
        "the process that published '\(name)' is alive but cannot be seen here; "
          + "attach in its PID namespace, or inherit a handover")
    }
    let descriptor = record.open(readOnly ? O_RDONLY : O_RDWR)
    switch descriptor {
    case 0...: return try Segment.attach(descriptor: descriptor, readOnly: readOnly)
    case -EACCES, -EPERM:
      throw SharedMemoryError(
        .notPermitted, errno: .init(rawValue: -descriptor),
        "process \(record.process), which published '\(name)', may not be looked into; "
          + "run as its user, and let it be dumpable (prctl PR_SET_DUMPABLE)")
    case -EMFILE, -ENFILE:
      throw .systemCall(
        "open(/proc/\(record.process)/fd)", returned: Int64(descriptor),
        remedy: "raise the limit on open files (ulimit -n)")
    default:
      // It went, or let go of the ring, between our looks.
      throw stale()
    }
  }

  private func stale() -> SharedMemoryError {
    let process = record.map { "process \($0.process)" } ?? "the process"
    return SharedMemoryError(
      .nameStale,
      "\(process), which published '\(name)', is gone; start it anew, or remove the name "
        + "with `weir clean`")
  }
}
