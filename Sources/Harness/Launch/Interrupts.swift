// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// Ctrl-C and its kin as something to poll, so that a run can end in order.
///
/// Blocks SIGINT, SIGTERM and SIGHUP in the calling thread and those it starts; make it first
/// thing, on the main thread.
public final class Interrupts: Sendable {
  /// Readable once a signal came; -1 where none can be had.
  let descriptor: CInt

  public init() { descriptor = max(-1, weir_interrupt_descriptor()) }

  /// Waits for a signal.
  /// - Returns: whether one came before the time was over.
  public func wait(seconds: Double) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe weir_poll(&entry, 1, Int64(seconds * 1e9)) > 0
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
