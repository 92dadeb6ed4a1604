// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Synchronization

/// A value that one thread at a time may use: a `Mutex` that the thread sanitizer understands.
///
/// Under contention a `Mutex` changes hands in the kernel, where the sanitizer sees no order and
/// reports races that are none. `make sanitize` builds with `WEIR_THREAD_SANITIZER`, which tells it.
@frozen
public struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline let mutex: Mutex<Value>
  @usableFromInline let order = SanitizerOrder()

  @inlinable
  public init(_ value: consuming sending Value) { mutex = Mutex(value) }

  /// Runs `body` once no other thread has the value.
  @inlinable
  public borrowing func withLock<Result: ~Copyable, E: Error>(
    _ body: (inout sending Value) throws(E) -> sending Result
  ) throws(E) -> sending Result {
    try mutex.withLock { (value) throws(E) in
      order.begin()
      defer { order.end() }
      return try body(&value)
    }
  }

  /// Runs `body` unless another thread has the value: then nil.
  @inlinable
  public borrowing func withLockIfAvailable<Result: ~Copyable, E: Error>(
    _ body: (inout sending Value) throws(E) -> sending Result
  ) throws(E) -> sending Result? {
    try mutex.withLockIfAvailable { (value) throws(E) in
      order.begin()
      defer { order.end() }
      return try body(&value)
    }
  }
}

#if WEIR_THREAD_SANITIZER
  /// What the sanitizer is told of: all before an `end` comes before all after a later `begin`.
  @usableFromInline
  final class SanitizerOrder: Sendable {
    @usableFromInline init() {}
    @usableFromInline func begin() { unsafe weir_sanitizer_acquire(address) }
    @usableFromInline func end() { unsafe weir_sanitizer_release(address) }
    private var address: UnsafeMutableRawPointer {
      unsafe Unmanaged.passUnretained(self).toOpaque()
    }
  }
#else
  @frozen @usableFromInline
  struct SanitizerOrder: Sendable {
    @inlinable init() {}
    @inlinable @inline(__always) func begin() {}
    @inlinable @inline(__always) func end() {}
  }
#endif
