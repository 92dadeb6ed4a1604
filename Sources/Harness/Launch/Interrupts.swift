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

  deinit { if descriptor >= 0 { close(descriptor) } }
}
