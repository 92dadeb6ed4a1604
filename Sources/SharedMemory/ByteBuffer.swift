// SPDX-License-Identifier: Apache-2.0

/// A reusable queue of bytes: filled at the end, emptied at the front, never given back to the heap
/// while it lives, because first touches cost more than the copies.
@safe
public struct ByteBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: owns its memory alone.
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var start = 0
  private var end = 0

  /// - Parameter capacity: bytes to begin with; grows when more are appended.
  public init(capacity: Int = 65536) {
    self.capacity = max(capacity, 64)
    unsafe base = .allocate(byteCount: self.capacity, alignment: 64)
  }

  deinit { unsafe base.deallocate() }

  /// Bytes that wait to be read.
  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }

  /// Makes room for `byteCount` more at the end, moving or growing what is held.
  public mutating func reserve(_ byteCount: Int) {
    if start == end {
      start = 0
      end = 0
    }
    if capacity - end >= byteCount { return }
    let held = count
    if held + byteCount <= capacity {
      unsafe base.copyMemory(from: base + start, byteCount: held)
    } else {
      let grown = max(capacity * 2, held + byteCount)
      let fresh = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 64)
      unsafe fresh.copyMemory(from: base + start, byteCount: held)
      unsafe base.deallocate()
      unsafe base = unsafe fresh
      capacity = grown
    }
    start = 0
    end = held
  }

  /// Appends a copy.
  public mutating func append(_ bytes: RawSpan) {
    reserve(bytes.byteCount)
    unsafe bytes.withUnsafeBytes { source in
      if let from = source.baseAddress {
        unsafe (base + end).copyMemory(from: from, byteCount: source.count)
      }
    }
    end += bytes.byteCount
  }

  /// Appends a little-endian word.
  public mutating func append(_ word: UInt64) {
    reserve(8)
    unsafe (base + end).storeBytes(of: word.littleEndian, as: UInt64.self)
    end += 8
  }

  /// Lets `body` write up to `room` bytes at the end; it returns how many it wrote.
  public mutating func append<E: Error>(
    upTo room: Int, _ body: (inout MutableRawSpan) throws(E) -> Int
  ) throws(E) {
    reserve(room)
    var span = unsafe MutableRawSpan(_unsafeStart: base + end, byteCount: room)
    let written = try body(&span)
    precondition(written >= 0 && written <= room)
    end += written
  }

  /// Overwrites a little-endian word appended before, `offset` bytes from the front.
  public mutating func overwrite(_ word: UInt64, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 8)
    unsafe (base + start + offset).storeBytes(of: word.littleEndian, as: UInt64.self)
  }

  /// The little-endian word `offset` bytes from the front.
  public func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8)
    return UInt64(
      littleEndian: unsafe (base + start + offset).loadUnaligned(as: UInt64.self))
  }

  /// Reads a range counted from the front.
  public func read<R, E: Error>(
    offset: Int = 0, count: Int, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    precondition(offset >= 0 && count >= 0 && offset <= self.count - count)
    return try unsafe body(
      RawSpan(_unsafeStart: UnsafeRawPointer(base + start + offset), byteCount: count))
  }

  /// A window on a range counted from the front, good until the buffer changes.
  public func window(offset: Int, count: Int) -> SharedBytes {
    precondition(offset >= 0 && count >= 0 && offset <= self.count - count)
    return unsafe SharedBytes(base: base + start + offset, count: count)
  }

  /// Forgets bytes at the front.
  public mutating func consume(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= count)
    start += byteCount
  }

  /// Forgets bytes at the end.
  public mutating func removeLast(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= count)
    end -= byteCount
  }
}
