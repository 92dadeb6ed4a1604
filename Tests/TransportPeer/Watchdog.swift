// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory

/// Runs a test body that may block, and ends the process with the test's name when it hangs: a
/// thread that is stuck in the kernel cannot be failed in any kinder way.
public func withWatchdog<R>(
  seconds: Int64 = 60, _ name: String = #function, _ body: () throws -> R
) throws -> R {
  let bell = Bell(try Doorbell())
  let dog = try NativeThread {
    var sleepers = DescriptorSet()
    sleepers.add(bell.doorbell.descriptor)
    let deadline = MonotonicTime.nanoseconds() + seconds * 1_000_000_000
    while !sleepers.wait(timeoutNanoseconds: deadline - MonotonicTime.nanoseconds()) {
      guard MonotonicTime.nanoseconds() >= deadline else { continue }
      let message = "watchdog: \(name) hung for \(seconds) s\n"
      _ = message.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
      _exit(70)
    }
  }
  let result = Result { try body() }
  bell.doorbell.ring()
  dog.join()
  return try result.get()
}

private final class Bell: Sendable {
  let doorbell: Doorbell
  init(_ doorbell: consuming Doorbell) { self.doorbell = doorbell }
}
