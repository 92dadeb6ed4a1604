// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Bytes that serializers write into, reused from message to message.
///
/// Each encoding replaces the one before. Memory only grows, so that a loop over messages of
/// similar size stops allocating after the first few. It starts on a 64-byte boundary, so that a
/// tensor's payload is aligned in it as in a store.
@safe public struct EncodeBuffer: ~Copyable {
  /// The alignment of the first byte: a cache line, and the tensor layout's unit.
  public static let alignment = 64

  @usableFromInline var storage: UnsafeMutableRawBufferPointer

  /// The bytes of the last encoding.
  @usableFromInline var used: Int

  /// Creates an empty buffer with room for `capacity` bytes, 0 by default.
  public init(capacity: Int = 0) {
    unsafe storage = Self.allocate(byteCount: max(capacity, 0))
    used = 0
  }

  deinit {
    unsafe storage.deallocate()
  }

  /// The size of the last encoding.
  @inlinable public var byteCount: Int { used }

  /// The bytes the buffer can hold without allocating.
  @inlinable public var capacity: Int { unsafe storage.count }

  /// Forgets the bytes and keeps the memory.
  public mutating func removeAll() {
    used = 0
  }

  /// Lends the bytes of the last encoding to `body`.
  @inlinable public borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    // The memory lives as long as `self`, which is borrowed here; `used` never exceeds it.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[..<used])
    return try body(unsafe RawSpan(_unsafeBytes: bytes))
  }

  /// Lends at least `byteCount` writable bytes to `body`, which returns how many it wrote.
  ///
  /// The buffer is empty when `body` throws. Traps when `body` claims more than it was lent.
  @inlinable public mutating func replace<E: Error>(
    byteCount: Int, _ body: (inout MutableRawSpan) throws(E) -> Int
  ) throws(E) {
    used = 0
    if byteCount > capacity { grow(to: byteCount) }
    var span = unsafe MutableRawSpan(_unsafeBytes: storage)
    let written = try body(&span)
    precondition(written >= 0 && written <= capacity, "wrote more bytes than were lent")
    used = written
  }

  /// Copies `data` into the buffer.
  mutating func replace(with data: Data) {
    replace(byteCount: data.count) { span in
      span.copy(data.bytes, at: 0)
      return data.count
    }
  }

  /// Makes room for `byteCount` bytes; what was in the buffer is lost.
  @inline(never) @usableFromInline
  mutating func grow(to byteCount: Int) {
    let target = max(byteCount, min(capacity, Int.max / 4) * 2)
    unsafe storage.deallocate()
    unsafe storage = Self.allocate(byteCount: target)
  }

  private static func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, alignment), alignment: alignment)
  }
}

// Sendable: the memory has exactly one owner, and a noncopyable value moves with it.
// No other reference to `storage` ever leaves the type.
extension EncodeBuffer: @unchecked Sendable {}
