// SPDX-License-Identifier: Apache-2.0

/// One private word per slot of a ring, for what a writer remembers of its items.
///
/// An array would check on every write whether it is shared; this is owned by one ring end.
@frozen @safe
public struct SlotTable: ~Copyable, @unchecked Sendable {
  // Sendable: owns its memory alone.
  @usableFromInline let words: UnsafeMutablePointer<UInt64>
  @usableFromInline let mask: UInt64

  /// - Parameter layout: the ring whose slots to number; every word starts at zero.
  public init(layout: RingLayout) {
    unsafe words = .allocate(capacity: layout.slotCount)
    unsafe words.initialize(repeating: 0, count: layout.slotCount)
    mask = UInt64(layout.slotCount - 1)
  }

  deinit { unsafe words.deallocate() }

  /// The word of item `index`'s slot.
  @inlinable
  public subscript(index: UInt64) -> UInt64 {
    @inline(__always) get { unsafe words[Int(truncatingIfNeeded: index & mask)] }
    @inline(__always) nonmutating set {
      unsafe words[Int(truncatingIfNeeded: index & mask)] = newValue
    }
  }
}
