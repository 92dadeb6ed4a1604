// SPDX-License-Identifier: Apache-2.0

internal import CNuma
internal import Glibc

/// The kernel's memory policy for an address, by `get_mempolicy(2)`: the cross-check on hwloc.
public struct MemoryPolicy: Hashable, Sendable {
  /// The policies of `set_mempolicy(2)`.
  public enum Mode: Hashable, Sendable {
    case systemDefault, preferred, bind, interleave, local, preferredMany
    /// A policy newer than this list, by the kernel's number.
    case other(Int32)
  }

  public let mode: Mode

  /// The nodes of the policy; empty for the default and for local.
  public let nodes: NodeSet

  /// Kernels are built for at most 1024 nodes (NODES_SHIFT is 10); a mask must hold them all.
  private static let maskWords = 16

  /// The policy that decides where the page at `address` goes when it is touched.
  ///
  /// - Throws: `unsupported` on a kernel without NUMA, `forbidden` under a seccomp filter,
  ///   `system` for an address that is not mapped.
  public static func ofPage(at address: UnsafeRawPointer) throws(TopologyError) -> MemoryPolicy {
    let (mode, words, result) = unsafe query(
      UnsafeMutableRawPointer(mutating: address), UInt32(MPOL_F_ADDR))
    guard result == 0 else { throw .system("read the memory policy", errno: result) }
    // The upper bits are flags (MPOL_F_STATIC_NODES and its like), which do not change the nodes.
    return MemoryPolicy(mode: Mode(kernel: mode & 0xfff), nodes: NodeSet(words: words))
  }

  /// The nodes this process may allocate from; nil where the kernel does not say.
  static func allowedNodes() -> NodeSet? {
    let (_, words, result) = unsafe query(nil, UInt32(MPOL_F_MEMS_ALLOWED))
    return result == 0 ? NodeSet(words: words) : nil
  }

  private static func query(
    _ address: UnsafeMutableRawPointer?, _ flags: UInt32
  ) -> (mode: Int32, words: [UInt64], errno: Int32) {
    var mode: Int32 = 0
    var words = [UInt](repeating: 0, count: maskWords)
    // The kernel uses one bit less than it is told: hence the one more.
    let bits = UInt(maskWords * UInt.bitWidth + 1)
    let result = unsafe words.withUnsafeMutableBufferPointer { mask in
      unsafe get_mempolicy(&mode, mask.baseAddress, bits, address, flags)
    }
    return (mode, words.map { UInt64($0) }, result == 0 ? 0 : errno)
  }
}

extension MemoryPolicy.Mode {
  fileprivate init(kernel: Int32) {
    switch kernel {
    case MPOL_DEFAULT: self = .systemDefault
    case MPOL_PREFERRED: self = .preferred
    case MPOL_BIND: self = .bind
    case MPOL_INTERLEAVE: self = .interleave
    case MPOL_LOCAL: self = .local
    case MPOL_PREFERRED_MANY: self = .preferredMany
    default: self = .other(kernel)
    }
  }
}
