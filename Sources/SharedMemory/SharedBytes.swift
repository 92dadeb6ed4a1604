// SPDX-License-Identifier: Apache-2.0

public import CLinux

/// A window of plain bytes inside a mapping, read and written as spans.
///
/// Offsets are checked at each use, because they may come from another process. Whoever holds one
/// keeps its ``Segment`` alive and obeys the protocol that says who may write when.
@frozen @safe
public struct SharedBytes: @unchecked Sendable {
  // Sendable: the window never changes; the ring protocol gives each byte one writer at a time.
  @usableFromInline let base: UnsafeMutableRawPointer
  public let count: Int

  @inlinable
  init(base: UnsafeMutableRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// True when the range lies inside the window; never overflows.
  @inlinable
  public func contains(offset: UInt64, count: UInt64) -> Bool {
    let size = UInt64(self.count)
    return count <= size && offset <= size &- count
  }

  /// A window onto a range of this one.
  /// - Precondition: ``contains(offset:count:)``.
  public func part(offset: Int, count: Int) -> SharedBytes {
    precondition(offset >= 0 && count >= 0 && offset <= self.count &- count)
    return unsafe SharedBytes(base: base + offset, count: count)
  }

  /// Where a window onto a range of this one begins.
  public func offset(of part: SharedBytes) -> Int { unsafe part.base - base }

  /// Reads a range in place.
  /// - Precondition: ``contains(offset:count:)``.
  @inlinable
  public func read<R, E: Error>(
    offset: Int, count: Int, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    precondition(offset >= 0 && count >= 0 && offset <= self.count &- count)
    return try unsafe body(
      RawSpan(_unsafeStart: UnsafeRawPointer(base + offset), byteCount: count))
  }

  /// Writes a range in place.
  /// - Precondition: ``contains(offset:count:)``.
  @inlinable
  public func write<R, E: Error>(
    offset: Int, count: Int, _ body: (inout MutableRawSpan) throws(E) -> R
  ) throws(E) -> R {
    precondition(offset >= 0 && count >= 0 && offset <= self.count &- count)
    var span = unsafe MutableRawSpan(_unsafeStart: base + offset, byteCount: count)
    return try body(&span)
  }

  /// Lends the window's address, for code in C that keeps its own protocol.
  public func withMutableBytes<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
    unsafe body(base)
  }

  /// Copies the bytes to `offset`.
  /// - Precondition: they fit.
  @inlinable
  public func copy(_ source: RawSpan, to offset: Int) {
    let count = source.byteCount
    precondition(offset >= 0 && offset <= self.count &- count)
    unsafe source.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      if count <= WEIR_SMALL_BYTES {
        unsafe weir_copy_small(base + offset, start, count)
      } else {
        unsafe weir_copy_large(base + offset, start, count)
      }
    }
  }
}
