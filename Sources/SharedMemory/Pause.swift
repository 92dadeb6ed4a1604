// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// A short rest before another try at what the kernel lets nobody wait for with a limit: a file lock
/// that someone else holds for microseconds. Never for items or room, which have wait points.
public enum Pause {
  /// Sleeps for a millisecond.
  public static func aMoment() { _ = weir_poll(nil, 0, 1_000_000) }
}
