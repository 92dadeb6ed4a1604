// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the machine can still give: an overcommitted segment would be a SIGBUS at first touch.
public enum MemoryBudget {
  /// Left for everything else when a segment is granted.
  static let reserveByteCount = 256 << 20

  /// Bytes available to this process: the kernel's estimate, or less under the limit of its control
  /// group (version 2) or of one above it. `nil` where the kernel does not say.
  public static func availableByteCount() -> Int? {
    [memoryAvailable(), controlGroupHeadroom()].compactMap { $0 }.min()
  }

  static func check(byteCount: Int) throws(SharedMemoryError) {
    guard let available = availableByteCount() else { return }
    guard byteCount <= max(0, available - reserveByteCount) else {
      throw SharedMemoryError(
        .outOfMemory,
        "a segment of \(byteCount >> 20) MiB does not fit: \(available >> 20) MiB of memory are "
          + "available and \(reserveByteCount >> 20) MiB stay free; lower the depth or the size")
    }
  }

  private static func memoryAvailable() -> Int? {
    memoryInfo()["MemAvailable:"].map { $0 << 10 }
  }

  /// `/proc/meminfo` by name, colon included: KiB, or a number of pages where that is the unit.
  static func memoryInfo() -> [Substring: Int] {
    let lines = contents(of: "/proc/meminfo")?.split(separator: "\n") ?? []
    let entries = lines.map { $0.split(separator: " ") }.compactMap { words in
      words.count > 1 ? Int(words[1]).map { (words[0], $0) } : nil
    }
    return Dictionary(entries, uniquingKeysWith: { first, _ in first })
  }

  /// The least headroom among this process's group and those above it.
  static func controlGroupHeadroom(
    mount: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup"
  ) -> Int? {
    // A process in a namespace of its own sees its group as "/"; the mount is that group then.
    let line = contents(of: membership)?.split(separator: "\n").first { $0.hasPrefix("0::/") }
    var parts = (line?.dropFirst(4) ?? "").split(separator: "/")
    if parts.contains("..") { parts = [] }
    var least: Int?
    while true {
      if let headroom = headroom(group: ([mount[...]] + parts).joined(separator: "/")) {
        least = min(least ?? .max, headroom)
      }
      if parts.popLast() == nil { return least }
    }
  }

  private static func headroom(group: String) -> Int? {
    guard
      let limit = contents(of: group + "/memory.max").flatMap({ Int(trimmed($0)) }),
      let used = contents(of: group + "/memory.current").flatMap({ Int(trimmed($0)) })
    else { return nil }
    // File pages nobody used lately count as used, but are dropped before anything is refused.
    let reclaimable = contents(of: group + "/memory.stat")?.split(separator: "\n")
      .first { $0.hasPrefix("inactive_file ") }?.split(separator: " ").last.flatMap { Int($0) }
    return max(0, limit - max(0, used - (reclaimable ?? 0)))
  }

  private static func trimmed(_ text: String) -> Substring {
    text.prefix { $0 != "\n" }
  }

  private static func contents(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 1) { buffer in
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return nil }
      return unsafe String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
