// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// A kernel thread of its own, for work that blocks or must stay on one CPU: never a pool's.
@safe
public struct NativeThread: ~Copyable, @unchecked Sendable {
  // Sendable: a thread identifier may be joined or detached from any thread, and only once: both
  // consume the value.
  private let identifier: pthread_t

  private final class Entry: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts the thread.
  /// - Parameter stackByteCount: nil for the system's default, 8 MiB as a rule, whose first touch may
  ///   take milliseconds where the kernel makes huge pages of it.
  /// - Throws: `.systemCall` when the kernel has no room for another thread.
  public init(
    stackByteCount: Int? = nil, _ body: @escaping @Sendable () -> Void
  ) throws(SharedMemoryError) {
    let entry = unsafe Unmanaged.passRetained(Entry(body))
    var identifier = pthread_t()
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    if let stackByteCount { unsafe pthread_attr_setstacksize(&attributes, stackByteCount) }
    let result = unsafe pthread_create(
      &identifier, &attributes,
      { argument in
        if let argument = unsafe argument {
          let entry = unsafe Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue()
          // Not released before: a thread's first call of the allocator may take milliseconds, and
          // one that only waits need not make any.
          withExtendedLifetime(entry) { entry.body() }
        }
        return nil
      }, entry.toOpaque())
    guard result == 0 else {
      unsafe entry.release()
      throw .systemCall(
        "pthread_create", returned: Int64(-result),
        remedy: "raise the limit on processes (ulimit -u)")
    }
    self.identifier = identifier
  }

  /// Lets the thread run on by itself when nobody joined it.
  deinit { pthread_detach(identifier) }

  /// Waits for the thread to end.
  public consuming func join() {
    pthread_join(identifier, nil)
    discard self
  }
}
