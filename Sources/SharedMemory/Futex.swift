// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import Synchronization

extension SharedUInt32 {
  /// How a futex wait ended.
  public enum WaitOutcome: Sendable {
    /// Woken, interrupted, or the word had already changed: look at the condition again.
    case recheck
    case timedOut
  }

  /// Sleeps in the kernel while the word holds `expected`.
  ///
  /// - Parameter timeoutNanoseconds: negative waits until woken.
  ///
  /// Not a private futex: the waker may be another process. Calls `FUTEX_WAIT`.
  public func wait(while expected: UInt32, timeoutNanoseconds: Int64 = -1) -> WaitOutcome {
    let word = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    let result = unsafe weir_futex_wait(word, expected, timeoutNanoseconds)
    return result == -ETIMEDOUT ? .timedOut : .recheck
  }

  /// Wakes every waiter of the word, in any process. Calls `FUTEX_WAKE`.
  public func wakeAll() {
    let word = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    _ = unsafe weir_futex_wake(word, CInt.max)
  }
}
