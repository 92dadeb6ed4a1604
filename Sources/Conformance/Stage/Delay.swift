// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import SharedMemory

/// Lets time pass that a check drew at random: never to wait for something.
enum Delay {
  /// Below this a sleep would overshoot by more than it lasts.
  private static let shortestSleepNanoseconds: Int64 = 100_000

  /// Waits, by polling the clock when that is too short for a sleep.
  static func sleep(_ nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    let deadline = MonotonicTime.nanoseconds() + nanoseconds
    if nanoseconds >= shortestSleepNanoseconds {
      _ = weir_poll(nil, 0, nanoseconds)
    }
    while MonotonicTime.nanoseconds() < deadline { continue }
  }
}
