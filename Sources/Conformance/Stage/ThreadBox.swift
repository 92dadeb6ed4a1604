// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// A thread that can be kept in a class or an enum; joined once, by one thread.
final class ThreadBox {
  private var thread: NativeThread?

  init(_ body: @escaping @Sendable () -> Void) throws(SharedMemoryError) {
    thread = try NativeThread(body)
  }

  func join() { thread.take()?.join() }
}
