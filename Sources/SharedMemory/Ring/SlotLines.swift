// SPDX-License-Identifier: Apache-2.0
public import CLinux
public import Synchronization

/// What a slot says of its item.
@frozen
public enum SlotContent: Sendable, Equatable {
  /// The payload is in the slot's own line.
  case inline(byteCount: Int)
  /// The payload is in the arena.
  case arena(offset: UInt64, byteCount: UInt64)
  /// The slot's bytes make no sense: the writer is broken or hostile.
  case corrupt
}

/// The slots of a ring, one cache line each. An index is masked, so none leaves the segment.
@frozen @safe
public struct SlotLines: @unchecked Sendable {
  // Sendable: the sequence is atomic, and orders the plain bytes of its line between one writer
  // and its readers.
  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline let mask: UInt64

  @usableFromInline static let inlineKind: UInt64 = 1 << 56
  @usableFromInline static let arenaKind: UInt64 = 2 << 56
  @usableFromInline static let byteCountMask: UInt64 = (1 << 56) - 1

  init(segment: Segment, layout: RingLayout) {
    let count = layout.slotCount * RingLayout.slotStride
    unsafe base = segment.bytes(at: layout.slotsOffset, count: count).base
    mask = UInt64(layout.slotCount - 1)
  }

  @inlinable @inline(__always)
  func line(_ index: UInt64) -> UnsafeMutableRawPointer {
    unsafe base + Int(truncatingIfNeeded: index & mask) &* RingLayout.slotStride
  }

  /// The sequence of item `index`'s slot: `index + 1` once the item is published.
  @inlinable @inline(__always)
  public func sequence(_ index: UInt64) -> SharedUInt64 {
    unsafe SharedUInt64(line(index).assumingMemoryBound(to: Atomic<UInt64>.self))
  }

  /// Fetches item `index`'s slot ahead of its reading. Only for published items: the writer would
  /// have to take the lines back.
  @inlinable @inline(__always)
  public func prefetch(_ index: UInt64) { unsafe weir_prefetch_pair(line(index)) }

  /// Fetches the lines of item `index`'s slot that a payload of `byteCount` takes, for writing. Only
  /// for slots that every customer has released: they would be taken from under its eyes.
  @inlinable @inline(__always)
  public func prefetchToWrite(_ index: UInt64, byteCount: Int) {
    let line = unsafe line(index)
    unsafe weir_prefetch_to_write(line)
    if byteCount > RingLayout.firstLineByteCount, byteCount <= RingLayout.inlineByteCount {
      unsafe weir_prefetch_to_write(line + 64)
    }
  }

  /// Puts a small payload into the slot itself. Not yet visible.
  /// - Precondition: `bytes.byteCount <= RingLayout.inlineByteCount`.
  @inlinable @inline(__always)
  public func fillInline(_ index: UInt64, _ bytes: RawSpan) {
    let count = bytes.byteCount
    precondition(count <= RingLayout.inlineByteCount)
    let line = unsafe line(index)
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe weir_copy_small(line + 16, start, count)
    }
    noteInline(index, byteCount: count)
  }

  /// Lets `body` write up to 112 bytes into the slot itself; it returns how many it wrote.
  @inlinable
  public func fillInline<E: Error>(
    _ index: UInt64, _ body: (inout MutableRawSpan) throws(E) -> Int
  ) throws(E) {
    let line = unsafe line(index)
    var span = unsafe MutableRawSpan(
      _unsafeStart: line + 16, byteCount: RingLayout.inlineByteCount)
    var count = try body(&span)
    if isMutated(.inlineLengthShort), count == RingLayout.inlineByteCount { count -= 1 }
    noteInline(index, byteCount: count)
  }

  /// The room in the slot itself, for a payload that is written over time.
  /// - Precondition: `byteCount` is from 0 to 112.
  public func inlineRoom(_ index: UInt64, byteCount: Int) -> SharedBytes {
    precondition(byteCount >= 0 && byteCount <= RingLayout.inlineByteCount)
    return unsafe SharedBytes(base: line(index) + 16, count: byteCount)
  }

  /// Says that the slot itself holds a payload, which is there already. Not yet visible.
  @inlinable @inline(__always)
  public func noteInline(_ index: UInt64, byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= RingLayout.inlineByteCount)
    unsafe line(index).storeBytes(
      of: Self.inlineKind | UInt64(truncatingIfNeeded: byteCount), toByteOffset: 8, as: UInt64.self)
  }

  /// Points the slot at a payload in the arena. Not yet visible.
  @inlinable @inline(__always)
  public func fill(_ index: UInt64, arenaOffset: UInt64, byteCount: UInt64) {
    let line = unsafe line(index)
    unsafe line.storeBytes(of: Self.arenaKind | byteCount, toByteOffset: 8, as: UInt64.self)
    unsafe line.storeBytes(of: arenaOffset, toByteOffset: 16, as: UInt64.self)
  }

  /// Says where the payload of a published item is. The caller has acquired its sequence.
  @inlinable @inline(__always)
  public func content(_ index: UInt64) -> SlotContent {
    let line = unsafe line(index)
    let info = unsafe line.load(fromByteOffset: 8, as: UInt64.self)
    let count = info & Self.byteCountMask
    switch info & ~Self.byteCountMask {
    case Self.inlineKind where count <= UInt64(RingLayout.inlineByteCount):
      return .inline(byteCount: Int(truncatingIfNeeded: count))
    case Self.arenaKind:
      return unsafe .arena(offset: line.load(fromByteOffset: 16, as: UInt64.self), byteCount: count)
    default: return .corrupt
    }
  }

  /// Where the payload in the slot itself lies.
  @inlinable @inline(__always)
  func inlineBytes(_ index: UInt64) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(line(index) + 16)
  }
}
