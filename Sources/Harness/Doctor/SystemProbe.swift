// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc

/// What the kernel says about this machine, read from files below a root directory.
///
/// Every verdict of ``Doctor`` is a function of this value, so a directory with a few files in it
/// stands for any machine.
public struct SystemProbe: Sendable {
  /// `/` for the machine itself.
  public let root: String
  /// Directories in which tools are looked for.
  public var searchPath: SearchPath
  /// The file system behind `/dev/shm`; nil where there is none.
  public var sharedMemory: Volume?

  public struct Volume: Hashable, Sendable {
    public var byteCount: Int
    public var freeByteCount: Int

    public init(byteCount: Int, freeByteCount: Int) {
      self.byteCount = byteCount
      self.freeByteCount = freeByteCount
    }
  }

  /// - Parameters:
  ///   - root: where `/proc`, `/sys` and `/dev` are found.
  ///   - searchPath: that of this process by default.
  public init(root: String = "/", searchPath: SearchPath? = nil) {
    self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
    self.searchPath = searchPath ?? SearchPath()
    sharedMemory = Self.volume(self.root + "/dev/shm")
  }

  private static func volume(_ path: String) -> Volume? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    let block = Int(clamping: status.f_frsize)
    return Volume(
      byteCount: Int(clamping: status.f_blocks).multipliedOrLargest(by: block),
      freeByteCount: Int(clamping: status.f_bavail).multipliedOrLargest(by: block))
  }
}

extension SystemProbe {
  /// The content of a file without surrounding white space; nil when it is not there.
  public func text(_ path: String) -> String? { SystemFile.text(root + path) }

  /// A file that holds one whole number.
  public func integer(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

  /// The lines of a file; none when it is not there.
  public func lines(_ path: String) -> [Substring] {
    text(path)?.split(separator: "\n") ?? []
  }

  /// What follows `LABEL:` on a line of a file such as `/proc/meminfo` or `/proc/cpuinfo`.
  public func field(_ path: String, _ label: String) -> String? {
    for line in lines(path) {
      let halves = line.split(separator: ":", maxSplits: 1)
      guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces) == label else {
        continue
      }
      return halves[1].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }

  /// A field of `/proc/meminfo` in bytes; the kernel writes `kB` for 1024 bytes.
  public func memory(_ label: String) -> Int? {
    guard let words = field("/proc/meminfo", label)?.split(separator: " "),
      let count = words.first.flatMap({ Int($0) })
    else { return nil }
    return words.count > 1 ? count.multipliedOrLargest(by: 1024) : count
  }

  public func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root + path)
  }

  /// The entries of a directory in the order of their names and numbers; none when it is missing.
  public func entries(_ path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root + path)) ?? []
    return names.sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// The path of a program on the search path; nil when it is not installed.
  public func tool(_ name: String) -> String? { searchPath.program(name) }

  /// The choice in brackets of a file such as `always [madvise] never`.
  public func choice(_ path: String) -> String? {
    guard let text = text(path) else { return nil }
    guard let open = text.firstIndex(of: "["), let close = text.firstIndex(of: "]"), open < close
    else { return text.isEmpty ? nil : text }
    return String(text[text.index(after: open)..<close])
  }
}

extension Int {
  /// The product, or the largest number where it does not fit: file systems may claim any size.
  func multipliedOrLargest(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }

  /// A byte count for a reader: `512 B`, `1.5 GiB`.
  var asBytes: String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(self)
    var unit = 0
    while value >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    return "\(unit == 0 ? "\(self)" : Figures.text(value)) \(units[unit])"
  }
}
