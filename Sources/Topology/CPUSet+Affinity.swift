// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

extension IndexBitmap where Indices == CPUIndices {
  /// The CPUs the calling thread may run on now, by `sched_getaffinity(2)`.
  ///
  /// - Throws: `forbidden` or `system` when the kernel refuses to say.
  public static func ofCurrentThread() throws(TopologyError) -> CPUSet {
    try affinity(of: 0, "read the affinity of this thread")
  }

  /// The CPUs the main thread of process `pid` (or the thread with that id) may run on.
  ///
  /// - Throws: `noSuchProcess` when there is none (also for `pid` <= 0), `system` otherwise.
  public static func ofProcess(_ pid: Int32) throws(TopologyError) -> CPUSet {
    // The kernel reads 0 as "me"; a caller that passes 0 has lost a process id.
    guard pid > 0 else {
      throw .system("read the affinity of process \(pid)", errno: ESRCH)
    }
    return try affinity(of: pid, "read the affinity of process \(pid)")
  }

  private static func affinity(of pid: Int32, _ action: String) throws(TopologyError) -> CPUSet {
    // EINVAL says that the kernel's mask is wider; 16 words hold 1024 CPUs, the limit is ours.
    var count = 16
    while true {
      var words = [UInt64](repeating: 0, count: count)
      let result = unsafe words.withUnsafeMutableBufferPointer { buffer in
        unsafe weir_get_affinity(pid, buffer.baseAddress, buffer.count)
      }
      if result == 0 { return CPUSet(words: words) }
      guard result == EINVAL, count * 64 <= maximumIndex else {
        throw .system(action, errno: result)
      }
      count *= 2
    }
  }
}
