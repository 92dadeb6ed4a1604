// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory

enum Pause {
  /// Below this a sleep would overshoot by more than it lasts.
  private static let shortestSleepNanoseconds: Int64 = 100_000

  /// Waits, by polling the clock when that is too short for a sleep.
  static func sleep(_ nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    let deadline = MonotonicTime.nanoseconds() + nanoseconds
    if nanoseconds >= shortestSleepNanoseconds {
      usleep(UInt32(clamping: nanoseconds / 1000))
    }
    while MonotonicTime.nanoseconds() < deadline { continue }
  }
}
