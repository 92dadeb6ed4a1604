// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the machine can still give: an overcommitted segment would be a SIGBUS at first touch.
public enum MemoryBudget {
  /// Left for everything else when a segment is granted.
  static let reserveByteCount = 256 << 20

  /// Bytes available to this process: the kernel's estimate, or less under a cgroup limit.
  /// `nil` where the kernel does not say.
  public static func availableByteCount() -> Int? {
    [memoryAvailable(), cgroupHeadroom()].compactMap { $0 }.min()
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
    guard let text = contents(of: "/proc/meminfo") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
    return nil
  }

  private static func cgroupHeadroom() -> Int? {
    guard
      let limit = contents(of: "/sys/fs/cgroup/memory.max").flatMap({ Int(trimmed($0)) }),
      let used = contents(of: "/sys/fs/cgroup/memory.current").flatMap({ Int(trimmed($0)) })
    else { return nil }
    return max(0, limit - used)
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
