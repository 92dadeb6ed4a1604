// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc

/// The processes that a `/proc` shows; those that hide or end meanwhile are simply not there.
struct ProcessTable {
  /// `/proc`, or a directory that looks like it.
  let root: String

  /// Who a file or process is the same as.
  struct Identity: Hashable {
    let device: UInt
    let inode: UInt
  }

  var identifiers: [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.compactMap { pid_t($0) }.sorted()
  }

  func exists(_ process: pid_t) -> Bool {
    FileManager.default.fileExists(atPath: "\(root)/\(process)")
  }

  /// The user a process runs as.
  func owner(of process: pid_t) -> uid_t? {
    status("\(root)/\(process)")?.st_uid
  }

  /// The arguments with which a process was started; empty for kernel threads and zombies.
  func arguments(of process: pid_t) -> [String] {
    guard let data = FileManager.default.contents(atPath: "\(root)/\(process)/cmdline") else {
      return []
    }
    return data.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func parent(of process: pid_t) -> pid_t? {
    SystemFile.integer("\(root)/\(process)/status", label: "PPid:").map { pid_t($0) }
  }

  /// The file behind a descriptor of a process.
  func file(_ descriptor: CInt, of process: pid_t) -> Identity? {
    status("\(root)/\(process)/fd/\(descriptor)").map(Identity.init)
  }

  /// Whether a process has a file open under any number.
  func holds(_ process: pid_t, _ file: Identity) -> Bool {
    let folder = "\(root)/\(process)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { status("\(folder)/\($0)").map(Identity.init) == file }
  }

  private func status(_ path: String) -> stat? {
    var result = stat()
    return unsafe stat(path, &result) == 0 ? result : nil
  }
}

extension ProcessTable.Identity {
  fileprivate init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}
