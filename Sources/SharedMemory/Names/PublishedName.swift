// SPDX-License-Identifier: Apache-2.0
//
// A name is a file in the RuntimeDirectory. Its publisher keeps it open and locked (an
// open-file-description lock, which the kernel lets go of when the process ends), so:
//
//   locked file    the name is taken
//   unlocked file  its publisher died: the name is stale; whoever gets the lock may use the file for
//                  itself or remove it
//   no file        the name is free: whoever makes the file and gets its lock has the name
//
// Between the opening and the locking of a file its last owner may have removed it, which leaves a
// lock on a file without a name. So the owner of the lock looks whether the name still leads to the
// file, and starts again if not. A name is removed under its lock, while it leads to the file: of
// two processes that race for one name exactly one gets it.
internal import CLinux
internal import Glibc

/// The name under which this process has published a segment; it is free again when this goes.
public final class PublishedName: Sendable {
  public let name: String
  private let path: String
  private let descriptor: CInt

  /// Tries to lock a file: a cleaner may hold a stale one for a moment.
  private static let lockAttempts = 10
  /// Files that vanish under one's hands before something else must be wrong.
  private static let openAttempts = 1000

  /// Publishes a segment.
  ///
  /// - Parameter name: 1 to 64 of the characters A-Z a-z 0-9 . _ -, the first one no dot.
  /// - Throws: `.invalidArgument` for another name, `.nameTaken` when a living process has it,
  ///   `.notPermitted` when the directory is not this user's alone.
  public init(
    _ name: String, of segment: Segment, in directory: RuntimeDirectory = .standard
  ) throws(SharedMemoryError) {
    try Self.check(name)
    guard let record = NameRecord(of: segment) else {
      throw SharedMemoryError(
        .notPermitted, "this process cannot be seen in /proc; mount /proc to publish rings")
    }
    try directory.make()
    self.name = name
    path = directory.file(name)
    descriptor = try Self.claim(path, name)
    var text = record.text
    let written = text.withUTF8 { bytes in
      unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
    }
    guard written else {
      throw SharedMemoryError.systemCall(
        "pwrite(\(path))", returned: Int64(-errno), remedy: "free space in its directory")
    }
  }

  deinit {
    if Self.leads(path, to: descriptor) { unsafe unlink(path) }
    close(descriptor)
  }

  /// The locked file of a name that is now this process's.
  private static func claim(_ path: String, _ name: String) throws(SharedMemoryError) -> CInt {
    var refusals = 0
    for _ in 0..<openAttempts {
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw .systemCall(
          "open(\(path))", returned: Int64(-errno), remedy: "remove what is there in its place")
      }
      let isLocked = weir_lock_byte(descriptor, 0) >= 0
      if isLocked, leads(path, to: descriptor) { return descriptor }
      close(descriptor)
      if isLocked { continue }
      refusals += 1
      if refusals == lockAttempts { break }
      Pause.aMoment()
    }
    throw SharedMemoryError(
      .nameTaken, "a ring is published as '\(name)' already; choose another name or end that one")
  }

  private static func leads(_ path: String, to descriptor: CInt) -> Bool {
    let identity = FileIdentity(descriptor: descriptor)
    return identity != nil && identity == FileIdentity(path: path)
  }

  /// Removes a name whose publisher is gone.
  /// - Returns: false when there is none any more, or a living process has it again.
  /// - Throws: `.systemCall` when it cannot be removed.
  public static func removeStale(
    _ name: String, in directory: RuntimeDirectory
  ) throws(SharedMemoryError) -> Bool {
    guard isValid(name), try directory.exists() else { return false }
    let path = directory.file(name)
    let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard weir_lock_byte(descriptor, 0) >= 0, leads(path, to: descriptor) else { return false }
    guard unsafe unlink(path) == 0 else {
      throw .systemCall(
        "unlink(\(path))", returned: Int64(-errno), remedy: "remove it by hand")
    }
    return true
  }

  /// Whether a ring could be published under this name.
  public static func isValid(_ name: String) -> Bool {
    let letters = name.utf8
    return (1...64).contains(letters.count) && letters.first != UInt8(ascii: ".")
      && letters.allSatisfy { letter in
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  static func check(_ name: String) throws(SharedMemoryError) {
    guard isValid(name) else {
      let shown = String(
        name.unicodeScalars.prefix(64).map { $0.isASCII && $0.value >= 32 ? Character($0) : "?" })
      throw SharedMemoryError(
        .invalidArgument,
        "'\(shown)' is no name for a ring; use 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot"
      )
    }
  }
}
