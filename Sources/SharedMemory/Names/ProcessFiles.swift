// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// Who a file is the same as, under whatever path or descriptor.
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt64
  public let inode: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }

  init?(descriptor: CInt) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// - Parameter path: followed when it is a link.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// What `/proc` says of processes; those that hide or end meanwhile are simply not there.
enum ProcessFiles {
  /// Processes of a user.
  static func processes(of user: uid_t) -> [pid_t] {
    names("/proc").compactMap { pid_t($0) }.filter { process in
      var status = stat()
      return unsafe stat("/proc/\(process)", &status) == 0 && status.st_uid == user
    }.sorted()
  }

  /// When a process started, in clock ticks since the machine did: with the number it is one process
  /// for good. Field 22 of `/proc/PID/stat` (proc(5)).
  static func startTime(of process: pid_t) -> UInt64? {
    guard let text = text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    // The name before the parenthesis may hold spaces; the third field follows it.
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  /// Descriptors of a process.
  static func descriptors(of process: pid_t) -> [CInt] {
    names("/proc/\(process)/fd").compactMap { CInt($0) }.sorted()
  }

  /// What a link points to.
  static func target(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return -1 }
      return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// The start of a small file.
  static func text(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return text(descriptor)
  }

  static func text(_ descriptor: CInt) -> String? {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
    }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// The entries of a directory, without those that start with a dot.
  static func names(_ directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { letters in
        unsafe letters.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
