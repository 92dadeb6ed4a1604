// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// `CLOCK_MONOTONIC` in nanoseconds: the clock of every timeout, the same in all processes of a host.
public enum MonotonicTime {
  public static func nanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
