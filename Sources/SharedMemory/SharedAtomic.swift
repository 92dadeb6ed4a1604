// SPDX-License-Identifier: Apache-2.0
public import CLinux
public import Synchronization

/// A 64-bit atomic word inside a mapping. The ordering is part of each name.
///
/// The handle does not keep the mapping alive: whoever stores one stores its ``Segment`` too.
@frozen @safe
public struct SharedUInt64: @unchecked Sendable {
  // Sendable: every access to the pointee is atomic, and the pointer never changes.
  @usableFromInline let pointer: UnsafeMutablePointer<Atomic<UInt64>>

  @inlinable
  init(_ pointer: UnsafeMutablePointer<Atomic<UInt64>>) { unsafe self.pointer = pointer }

  @inlinable public func loadRelaxed() -> UInt64 {
    unsafe pointer.pointee.load(ordering: .relaxed)
  }
  @inlinable public func loadAcquire() -> UInt64 {
    unsafe pointer.pointee.load(ordering: .acquiring)
  }
  @inlinable public func storeRelaxed(_ value: UInt64) {
    unsafe pointer.pointee.store(value, ordering: .relaxed)
  }
  @inlinable public func storeRelease(_ value: UInt64) {
    unsafe pointer.pointee.store(value, ordering: .releasing)
  }
  /// Looks up to `looks` times, one after the other, until the word holds `value`; whether it did.
  @inlinable @inline(__always)
  public func pollAcquire(for value: UInt64, looks: UInt32) -> Bool {
    var left = looks
    while left > 0 {
      if loadAcquire() == value { return true }
      weir_between_looks()
      left &-= 1
    }
    return false
  }
  /// Fetches the word's line ahead of its reading.
  func prefetch() { unsafe weir_prefetch(pointer) }
  /// Adds and returns the new value; wraps.
  @discardableResult
  @inlinable public func add(_ value: UInt64) -> UInt64 {
    unsafe pointer.pointee.wrappingAdd(value, ordering: .acquiringAndReleasing).newValue
  }
  /// Writes `desired` if the word holds `expected`.
  @inlinable public func compareExchange(expected: UInt64, desired: UInt64) -> Bool {
    unsafe pointer.pointee.compareExchange(
      expected: expected, desired: desired, ordering: .acquiringAndReleasing
    ).exchanged
  }
}

/// A 32-bit atomic word inside a mapping, which is also what a futex waits on.
///
/// The handle does not keep the mapping alive: whoever stores one stores its ``Segment`` too.
@frozen @safe
public struct SharedUInt32: @unchecked Sendable {
  // Sendable: every access to the pointee is atomic, and the pointer never changes.
  @usableFromInline let pointer: UnsafeMutablePointer<Atomic<UInt32>>

  @inlinable
  init(_ pointer: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.pointer = pointer }

  @inlinable public func loadRelaxed() -> UInt32 {
    unsafe pointer.pointee.load(ordering: .relaxed)
  }
  @inlinable public func loadAcquire() -> UInt32 {
    unsafe pointer.pointee.load(ordering: .acquiring)
  }
  @inlinable public func storeRelaxed(_ value: UInt32) {
    unsafe pointer.pointee.store(value, ordering: .relaxed)
  }
  @inlinable public func storeRelease(_ value: UInt32) {
    unsafe pointer.pointee.store(value, ordering: .releasing)
  }
  /// Writes `value` and returns what was there, as a full barrier.
  @inlinable public func exchange(_ value: UInt32) -> UInt32 {
    unsafe pointer.pointee.exchange(value, ordering: .sequentiallyConsistent)
  }
  /// Adds and returns the new value; wraps. A full barrier.
  @discardableResult
  @inlinable public func add(_ value: UInt32) -> UInt32 {
    unsafe pointer.pointee.wrappingAdd(value, ordering: .sequentiallyConsistent).newValue
  }
  /// Writes `desired` if the word holds `expected`. A full barrier.
  @inlinable public func compareExchange(expected: UInt32, desired: UInt32) -> Bool {
    unsafe pointer.pointee.compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent
    ).exchanged
  }
}
