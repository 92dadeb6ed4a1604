// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// The producer's half of the shared-memory store: where each payload lies.
///
/// Payloads up to 112 bytes travel in the slot itself. Larger ones take a contiguous range of
/// the arena, allocated as a ring and freed in the order of the items, so that nothing fragments
/// and a range is reusable as soon as the slowest customer has released it.
@frozen
public struct SharedMemoryStore: ~Copyable {
  @usableFromInline let slots: SlotLines
  @usableFromInline let arena: SharedBytes
  /// Bytes handed out since the beginning, padding included.
  @usableFromInline var position: UInt64 = 0
  /// Bytes given back since the beginning; `position - tail` are in use.
  @usableFromInline var tail: UInt64 = 0
  /// Where the next payload starts: `position` within the arena.
  @usableFromInline var offset: Int = 0
  /// `position` after the item of each slot.
  @usableFromInline let ends: SlotTable
  /// Items below this index have been given back.
  @usableFromInline var released: UInt64 = 0

  init(control: RingControl, head: UInt64) {
    slots = control.slots
    arena = control.arena
    ends = SlotTable(layout: control.layout)
    released = head
    control.segment.prepareCopies()
  }

  /// Arena bytes that a payload takes; none when it travels in its slot.
  @inlinable @inline(__always)
  static func footprint(_ byteCount: Int) -> Int {
    byteCount <= RingLayout.inlineByteCount ? 0 : RingLayout.arenaFootprint(ofByteCount: byteCount)
  }

  /// Whether the arena has a contiguous free range of `footprint` bytes.
  @inlinable
  func fits(_ footprint: Int) -> Bool {
    if footprint == 0 { return true }
    // Unsigned: the footprint of an impossible size may have wrapped.
    guard UInt(bitPattern: footprint) <= UInt(bitPattern: arena.count) else { return false }
    if position == tail { return true }
    let isWhole = offset &+ footprint <= arena.count || isMutated(.arenaIgnoresPadding)
    let padding = isWhole ? 0 : arena.count &- offset
    let used = Int(truncatingIfNeeded: position &- tail)
    return used &+ padding &+ footprint <= arena.count
  }

  /// Payloads up to one part in so many of the arena are small in it.
  @inlinable static var smallPart: Int { 8 }

  /// Takes the range for a payload; the caller has asked ``fits(_:)``. Returns its offset.
  @inlinable
  mutating func reserve(_ footprint: Int) -> Int {
    if position == tail, footprint > arena.count / Self.smallPart {
      // Nothing is in use: what could be split by the arena's end starts over at the front. Small
      // payloads go on, because a line that was just read is slow to overwrite: see
      // RingLayout.spreadByteCount.
      offset = 0
    } else if offset &+ footprint > arena.count {
      position &+= UInt64(truncatingIfNeeded: arena.count &- offset)
      offset = 0
    }
    let start = offset
    position &+= UInt64(truncatingIfNeeded: footprint)
    offset &+= footprint
    return start
  }

  /// Notes how far the arena was used up when item `index` was placed: the producer alone reads it, so
  /// the item is published first.
  @inlinable @inline(__always)
  mutating func seal(_ index: UInt64) {
    // Each store counts in a small message: see `weir_copy_small`.
    if arena.count > 0 { ends[index] = position }
  }

  /// Gives back the ranges of all items below `slowest`.
  @inlinable
  mutating func release(below slowest: UInt64) {
    guard RingCounter.isBefore(released, slowest) else { return }
    released = slowest
    if arena.count > 0 { tail = ends[slowest &- (isMutated(.arenaFreedEarly) ? 0 : 1)] }
  }

  /// Makes item `index` visible to customers.
  @inlinable @inline(__always)
  func publish(_ index: UInt64) {
    // Release: pairs with the acquire of the sequence in Customer.isReady.
    slots.sequence(index).storeRelease(index &+ 1)
  }
}

extension SharedMemoryStore {
  /// Lets `body` write a payload of up to `byteCount` bytes where customers will read it; it returns
  /// how many it wrote. The room was checked. Nothing is visible until published.
  @inlinable
  mutating func write<E: Error>(
    _ index: UInt64, byteCount: Int, _ body: (inout MutableRawSpan) throws(E) -> Int
  ) throws(E) {
    if isMutated(.publishedBeforeWritten) { publish(index) }
    if byteCount <= RingLayout.inlineByteCount {
      try slots.fillInline(index, body)
    } else {
      let before = (position, offset)
      let start = reserve(Self.footprint(byteCount))
      let written: Int
      do throws(E) {
        written = try arena.write(offset: start, count: byteCount, body)
      } catch {
        // Nothing was sealed that would ever give the range back.
        (position, offset) = before
        throw error
      }
      precondition(written >= 0 && written <= byteCount)
      slots.fill(index, arenaOffset: UInt64(start), byteCount: UInt64(written))
    }
  }

  /// Copies a payload to where customers will read it. The room was checked.
  @inlinable
  mutating func copy(_ index: UInt64, _ bytes: RawSpan) {
    let count = bytes.byteCount
    if count <= RingLayout.inlineByteCount {
      slots.fillInline(index, bytes)
    } else {
      let start = reserve(Self.footprint(count))
      arena.copy(bytes, to: start)
      slots.fill(index, arenaOffset: UInt64(start), byteCount: UInt64(count))
    }
  }
}
