// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// Barriers for two sides that each write one word and then read the other's (Dekker's step).
public enum MemoryBarrier {
  /// A full barrier in this thread: earlier stores are visible before later loads read.
  public static func full() { weir_full_fence() }

  /// A full barrier in every thread of the machine, so that the other side of a Dekker step needs
  /// none of its own. Takes tens of milliseconds. Calls `membarrier(MEMBARRIER_CMD_GLOBAL)`.
  /// - Returns: false where the kernel refuses.
  @discardableResult
  public static func everywhere() -> Bool { weir_barrier_everywhere() >= 0 }

  /// Whether the kernel has ``everywhere()``.
  static let reachesEverywhere = weir_has_barrier_everywhere() != 0
}
