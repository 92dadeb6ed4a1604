// SPDX-License-Identifier: Apache-2.0

internal import CHwloc
internal import Glibc

extension Machine {
  /// Binds the calling thread to the CPUs of a seat; see ``bindCurrentThread(to:)-(CPUSet)``.
  public func bindCurrentThread(to seat: Seat) throws(TopologyError) {
    try bindCurrentThread(to: seat.cpuset)
  }

  /// Binds the calling thread, strictly, by `hwloc_set_cpubind`, and reads the affinity back.
  ///
  /// When it returns the thread runs on one of `cpus`. Other threads are not affected; a thread or
  /// process started from here inherits the binding.
  /// - Throws: `describedMachine`, `notAllowed` for an empty set or a CPU outside
  ///   ``allowedCPUs``, `unsupported`, `forbidden`, `notApplied` or `system`.
  public func bindCurrentThread(to cpus: CPUSet) throws(TopologyError) {
    guard isThisSystem, let handle else { throw .describedMachine("bind a thread", origin) }
    guard !cpus.isEmpty, cpus.isSubset(of: allowedCPUs) else {
      throw TopologyError(
        .notAllowed,
        "cannot bind a thread to CPU \(cpus): this process may use CPU \(allowedCPUs); choose there"
      )
    }
    if let reason = handle.whyNotBindThread() {
      throw TopologyError(.unsupported, "cannot bind a thread: \(reason); run without placement")
    }
    let result = handle.bindThread(cpus)
    guard result == 0 else { throw .system("bind a thread to CPU \(cpus)", errno: result) }
    let applied = try CPUSet.ofCurrentThread()
    guard applied == cpus else {
      throw TopologyError(
        .notApplied,
        "asked for CPU \(cpus), but the kernel holds CPU \(applied); check that the cpuset is not "
          + "being changed")
    }
  }
}

extension TopologyHandle {
  /// Binds the calling thread; 0 or an errno.
  fileprivate func bindThread(_ cpus: CPUSet) -> Int32 {
    guard let bitmap = HwlocBitmap(cpus) else { return ENOMEM }
    let flags = Int32(HWLOC_CPUBIND_THREAD.rawValue | HWLOC_CPUBIND_STRICT.rawValue)
    return unsafe hwloc_set_cpubind(raw, bitmap.raw, flags) == 0 ? 0 : errno
  }

  /// Why hwloc cannot bind the calling thread here; nil when it can.
  func whyNotBindThread() -> String? {
    guard let support = unsafe hwloc_topology_get_support(raw).pointee.cpubind,
      unsafe support.pointee.set_thisthread_cpubind != 0
    else { return "hwloc cannot bind threads on this system" }
    return nil
  }
}
