// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Where the ring behind a name is: which process holds its segment, as which descriptor.
///
/// The process's start time tells it from a later one of the same number, and the segment's identity
/// tells the descriptor from a later one of the same number.
public struct NameRecord: Hashable, Sendable {
  public let process: Int32
  public let startTime: UInt64
  public let descriptor: Int32
  public let segment: FileIdentity

  private static let heading = "weir-name/1"
  /// Records have one length, so that one write replaces an old one.
  private static let byteCount = 160

  init(process: Int32, startTime: UInt64, descriptor: Int32, segment: FileIdentity) {
    self.process = process
    self.startTime = startTime
    self.descriptor = descriptor
    self.segment = segment
  }

  /// The record of a segment that this process holds.
  init?(of segment: Segment) {
    guard let start = ProcessFiles.startTime(of: getpid()),
      let identity = FileIdentity(descriptor: segment.descriptor)
    else { return nil }
    self.init(
      process: getpid(), startTime: start, descriptor: segment.descriptor, segment: identity)
  }

  private var words: [UInt64] {
    [
      UInt64(truncatingIfNeeded: process), startTime, UInt64(truncatingIfNeeded: descriptor),
      segment.device, segment.inode,
    ]
  }

  /// A record that is being written is told from a whole one (FNV-1a over the words).
  private var check: UInt64 {
    words.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01B3 }
  }

  /// One line, padded.
  var text: String {
    let line = ([Self.heading] + (words + [check]).map { "\($0)" }).joined(separator: " ")
    return line + String(repeating: " ", count: max(0, Self.byteCount - 1 - line.utf8.count)) + "\n"
  }

  /// Nil when the text is no whole record.
  init?(text: String) {
    let parts = text.split { $0 == " " || $0 == "\n" }
    let words = parts.dropFirst().compactMap { UInt64($0) }
    guard parts.count == 7, parts[0] == Self.heading, words.count == 6,
      let process = Int32(exactly: words[0]), let descriptor = Int32(exactly: words[2])
    else { return nil }
    self.init(
      process: process, startTime: words[1], descriptor: descriptor,
      segment: FileIdentity(device: words[3], inode: words[4]))
    if check != words[5] { return nil }
  }

  /// Whether the process that wrote the record runs.
  public var processRuns: Bool { ProcessFiles.startTime(of: process) == startTime }

  /// Opens the segment through the process that holds it.
  /// - Returns: an owned descriptor, or `-errno`; `-ENOENT` when it is not there.
  func open(_ flags: CInt) -> CInt {
    let path = "/proc/\(process)/fd/\(descriptor)"
    let opened = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard opened >= 0 else { return -errno }
    if FileIdentity(descriptor: opened) == segment { return opened }
    close(opened)
    return -ENOENT
  }
}
