// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
public import Synchronization
internal import SystemPackage

/// A piece of memory that several processes map: an anonymous file (`memfd`) of fixed size.
///
/// It has no name, so nothing is left behind however its holders end; a child gets it by inheriting
/// ``descriptor``. The size is sealed at creation: no holder can truncate it under another's feet.
/// Access goes through the handles it gives out (``uint64(at:)``, ``bytes(at:count:)`` …), each
/// checked against the size once, when made. They are valid while the segment is referenced.
@safe
public final class Segment: @unchecked Sendable {
  // Sendable: the stored properties never change, and the memory behind `base` is only reached
  // through atomics or through spans whose exclusive use the ring protocol guarantees.
  @usableFromInline let base: UnsafeMutableRawPointer
  public let byteCount: Int
  /// The file behind the memory; owned by the segment, closed with it.
  public let descriptor: CInt

  private init(base: UnsafeMutableRawPointer, byteCount: Int, descriptor: CInt) {
    unsafe self.base = base
    self.byteCount = byteCount
    self.descriptor = descriptor
  }

  deinit {
    unsafe munmap(base, byteCount)
    close(descriptor)
  }

  /// Creates and maps a zero-filled segment; no page is touched yet.
  ///
  /// - Parameters:
  ///   - byteCount: rounded up to whole pages; at least one byte.
  ///   - label: appears in `/proc/PID/maps` as `memfd:weir-LABEL`.
  ///   - pages: what it is made of; with `.reserved` the size is rounded up to whole huge pages.
  /// - Throws: `.invalidArgument` for a size below 1, `.outOfMemory` when the machine has not that
  ///   much available, or not that many huge pages, `.systemCall` when the kernel refuses.
  public static func create(
    byteCount: Int, label: String, pages: SegmentPages = .automatic
  ) throws(SharedMemoryError) -> Segment {
    guard byteCount > 0, byteCount <= maximumByteCount else {
      throw SharedMemoryError(
        .invalidArgument, "a segment of \(byteCount) bytes cannot be made; ask for 1 byte to 16 TiB"
      )
    }
    let isReserved = pages == .reserved
    let size =
      isReserved ? try SegmentPages.reserve(byteCount: byteCount) : roundedToPages(byteCount)
    if !isReserved { try MemoryBudget.check(byteCount: size) }
    let descriptor =
      unsafe isReserved
      ? weir_memfd_create_reserved("weir-\(label)") : weir_memfd_create("weir-\(label)")
    guard descriptor >= 0 else {
      throw .systemCall(
        "memfd_create", returned: Int64(descriptor),
        remedy: "raise the limit on open files (ulimit -n)")
    }
    guard ftruncate(descriptor, size) == 0 else {
      let error = Int64(-errno)
      close(descriptor)
      throw .systemCall("ftruncate", returned: error, remedy: "ask for a smaller segment")
    }
    let sealed = weir_memfd_seal_size(descriptor)
    guard sealed >= 0 else {
      close(descriptor)
      throw .systemCall("fcntl(F_ADD_SEALS)", returned: Int64(sealed), remedy: "use Linux 3.17+")
    }
    let segment = try map(descriptor: descriptor, byteCount: size)
    segment.advise(pages)
    return segment
  }

  /// Maps a segment whose descriptor was inherited or received. Takes ownership of the descriptor,
  /// also when it fails.
  ///
  /// - Parameter readOnly: maps it for looking only: a write through any of its handles is a fault.
  /// - Throws: `.corrupt` when it is no segment, or one whose holders could still shrink it: a page
  ///   beyond the end is a SIGBUS.
  public static func attach(
    descriptor: CInt, readOnly: Bool = false
  ) throws(SharedMemoryError) -> Segment {
    let size = weir_file_size(descriptor)
    guard size > 0, size <= Int64(maximumByteCount), weir_size_is_sealed(descriptor) == 1 else {
      close(descriptor)
      throw SharedMemoryError(
        .corrupt,
        "descriptor \(descriptor) is no segment of sealed size (size \(size)); "
          + "pass the one inherited")
    }
    return try map(descriptor: descriptor, byteCount: Int(size), readOnly: readOnly)
  }

  private static func map(
    descriptor: CInt, byteCount: Int, readOnly: Bool = false
  ) throws(SharedMemoryError) -> Segment {
    let alignment = byteCount < hugePageByteCount ? pageByteCount : hugePageByteCount
    let address = unsafe weir_map_shared(descriptor, byteCount, alignment, readOnly ? 0 : 1)
    guard let base = unsafe address, unsafe base != MAP_FAILED else {
      let error = Int64(-errno)
      close(descriptor)
      throw .systemCall("mmap", returned: error, remedy: "ask for a smaller segment")
    }
    return unsafe Segment(base: base, byteCount: byteCount, descriptor: descriptor)
  }

  /// Above every plausible request, below where size arithmetic could overflow.
  private static let maximumByteCount = 1 << 44

  package static func roundedToPages(_ byteCount: Int) -> Int {
    let page = pageByteCount
    return (byteCount + page - 1) / page * page
  }

  public static var pageByteCount: Int { sysconf(CInt(_SC_PAGESIZE)) }
}

extension Segment {
  /// Which side of the first touch a process is on.
  public enum Population: Sendable { case forWriting, forReading }

  /// Makes every page present in this process before the clock runs: a first touch in the measured
  /// phase costs microseconds. Calls `madvise(MADV_POPULATE_WRITE / _READ)`.
  public func populate(_ population: Population) throws(SharedMemoryError) {
    let result = unsafe weir_populate(base, byteCount, population == .forWriting ? 1 : 0)
    guard result >= 0 else {
      throw .systemCall(
        "madvise(MADV_POPULATE)", returned: Int64(result),
        remedy: "free memory or make the segment smaller (Linux 5.14+ is needed)")
    }
  }

  /// The address range, for binding to NUMA nodes and counting pages. Valid inside `body` only.
  public func withAddressRange<R, E: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
  }

  /// The atomic word at a byte offset.
  /// - Precondition: aligned to its size and inside the segment.
  @inlinable
  public func uint64(at offset: Int) -> SharedUInt64 {
    precondition(offset >= 0 && offset % 8 == 0 && offset <= byteCount - 8)
    return unsafe SharedUInt64((base + offset).assumingMemoryBound(to: Atomic<UInt64>.self))
  }

  /// The atomic word at a byte offset.
  /// - Precondition: aligned to its size and inside the segment.
  @inlinable
  public func uint32(at offset: Int) -> SharedUInt32 {
    precondition(offset >= 0 && offset % 4 == 0 && offset <= byteCount - 4)
    return unsafe SharedUInt32((base + offset).assumingMemoryBound(to: Atomic<UInt32>.self))
  }

  /// A window of plain bytes.
  /// - Precondition: inside the segment.
  @inlinable
  public func bytes(at offset: Int, count: Int) -> SharedBytes {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount - count)
    return unsafe SharedBytes(base: base + offset, count: count)
  }
}
