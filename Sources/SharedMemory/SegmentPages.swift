// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// Which pages a segment is made of. Huge ones (2 MiB on x86-64) spare large payloads most misses of the
/// address translation, and the first touch most of its faults.
public enum SegmentPages: String, Hashable, Sendable, Codable, CaseIterable {
  /// Huge pages for segments of at least one, where the kernel has them for shared memory (`advise`,
  /// `within_size` or `always` in `/sys/kernel/mm/transparent_hugepage/shmem_enabled`); else base pages.
  case automatic
  /// Base pages (4 KiB on x86-64) alone.
  case base
  /// Huge pages from the pool that the administrator reserved (`vm.nr_hugepages`), or no segment.
  case reserved
}

extension SegmentPages: CustomStringConvertible {
  public var description: String { rawValue }

  /// Bytes of one huge page of the pool, and how many are free; nil where the kernel has none.
  static func pool() -> (pageByteCount: Int, free: Int)? {
    let info = MemoryBudget.memoryInfo()
    guard let size = info["Hugepagesize:"], size > 0, let free = info["HugePages_Free:"] else {
      return nil
    }
    // Some of the free ones may be promised to mappings that have yet to touch them.
    return (size << 10, max(0, free - (info["HugePages_Rsvd:"] ?? 0)))
  }

  /// The pool's page size and the whole pages that `byteCount` bytes take.
  static func reserve(byteCount: Int) throws(SharedMemoryError) -> Int {
    guard let pool = pool() else {
      throw SharedMemoryError(
        .outOfMemory, "this kernel has no reserved huge pages; use automatic pages")
    }
    let pages = (byteCount + pool.pageByteCount - 1) / pool.pageByteCount
    guard pages <= pool.free else {
      throw SharedMemoryError(
        .outOfMemory,
        "a segment of \(byteCount >> 20) MiB takes \(pages) huge pages of "
          + "\(pool.pageByteCount >> 20) MiB and \(pool.free) are free; raise vm.nr_hugepages or use "
          + "automatic pages")
    }
    return pages * pool.pageByteCount
  }
}

extension Segment {
  /// What the kernel's transparent huge pages need of a mapping, and a mapping must have to hold one.
  package static let hugePageByteCount = 2 << 20

  /// Finds out now what the first large copy into the segment would ask the system for.
  package func prepareCopies() {
    if byteCount >= WEIR_LARGE_BYTES { _ = weir_streaming_threshold() }
  }

  /// Says in this process, before pages are touched, which pages to use. Advice: a kernel that has no
  /// choice ignores it.
  func advise(_ pages: SegmentPages) {
    guard pages != .reserved, byteCount >= Self.hugePageByteCount else { return }
    _ = unsafe weir_advise_huge_pages(base, byteCount, pages == .automatic ? 1 : 0)
  }
}
