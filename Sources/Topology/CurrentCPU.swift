// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// Where the calling thread runs at this moment, by `getcpu(2)`.
///
/// Unless the thread is bound, the answer may be out of date when the call returns.
public struct CurrentCPU: Hashable, Sendable, Codable {
  /// The kernel's number of the CPU.
  public let cpu: Int

  /// The kernel's number of the CPU's NUMA node.
  public let node: Int

  /// Asks the kernel.
  ///
  /// - Throws: `unsupported` or `forbidden` when the kernel refuses to say.
  public static func now() throws(TopologyError) -> CurrentCPU {
    var cpu: UInt32 = 0
    var node: UInt32 = 0
    let result = unsafe weir_getcpu(&cpu, &node)
    guard result == 0 else { throw .system("ask where this thread runs", errno: result) }
    return CurrentCPU(cpu: Int(cpu), node: Int(node))
  }
}
