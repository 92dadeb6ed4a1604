// SPDX-License-Identifier: Apache-2.0
public import SystemPackage

/// Why shared memory could not be created, attached or trusted.
public struct SharedMemoryError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The kernel refused a call; `errno` says why.
    case systemCall(String)
    /// The machine has less memory available than the segment needs.
    case outOfMemory
    /// The segment's bytes contradict its own header or this build's layout.
    case corrupt
    /// The segment was written by another layout version.
    case versionMismatch
    /// A size or count outside what the layout can hold.
    case invalidArgument
    /// Another living process has published its ring under this name.
    case nameTaken
    /// No ring is published under this name.
    case nameAbsent
    /// The process that published its ring under this name is gone.
    case nameStale
    /// It belongs to another user, or is out of this process's reach.
    case notPermitted
  }

  public let code: Code
  /// The kernel's error number, when a system call failed.
  public let errno: Errno?
  /// What happened and what to do about it, in one line.
  public let description: String

  public init(_ code: Code, errno: Errno? = nil, _ description: String) {
    self.code = code
    self.errno = errno
    self.description = description
  }

  /// A failed call of the C layer, which returns `-errno`.
  package static func systemCall(
    _ name: String, returned value: Int64, remedy: String
  ) -> SharedMemoryError {
    let errno = Errno(rawValue: CInt(truncatingIfNeeded: -value))
    return SharedMemoryError(
      .systemCall(name), errno: errno, "\(name) failed: \(errno.description); \(remedy)")
  }
}
