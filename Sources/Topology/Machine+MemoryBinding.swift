// SPDX-License-Identifier: Apache-2.0

internal import CHwloc
internal import Glibc

extension Machine {
  /// The size of a base page in bytes, to which ranges must be aligned.
  public static var pageBytes: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

  /// Binds a mapped address range, by `hwloc_set_area_membind`.
  ///
  /// The binding is strict: a page comes from the asked nodes or not at all. Pages that exist
  /// already, such as those of a header that its maker wrote, are moved when they lie elsewhere. On
  /// a shared file mapping (memfd, tmpfs) the policy belongs to the file: it also holds when another
  /// process touches the page. The result is read back through `get_mempolicy`.
  /// - Parameters:
  ///   - base: The start of the range, on a page boundary.
  ///   - byteCount: The length in bytes, a positive multiple of ``pageBytes``.
  ///   - binding: What ``resolve(_:producer:customer:)`` returned on this machine.
  /// - Throws: `describedMachine`, `unaligned`, `noSuchNode`, `unsupported`, `forbidden`,
  ///   `notApplied` or `system`.
  public func bindMemory(
    at base: UnsafeMutableRawPointer, byteCount: Int, to binding: MemoryBinding
  ) throws(TopologyError) {
    guard isThisSystem, let handle else { throw .describedMachine("bind memory", origin) }
    try unsafe PageRange.check(base, byteCount)
    let everywhere = numaNodes.reduce(into: NodeSet()) { $0.formUnion($1.nodeset) }
    guard !binding.nodes.isEmpty, binding.nodes.isSubset(of: everywhere) else {
      throw TopologyError(
        .noSuchNode,
        "cannot bind memory to node \(binding.nodes): this machine has node "
          + "\(everywhere); resolve the home on this machine")
    }
    if let reason = handle.whyNotBindMemory(binding.policy) {
      throw TopologyError(.unsupported, "cannot bind memory: \(reason); use first-touch")
    }
    // First touch is about the toucher, not about nodes: hwloc takes it for the whole machine only.
    let nodes = binding.policy == .firstTouch ? everywhere : binding.nodes
    let result = unsafe handle.bindArea(base, byteCount, binding.policy, nodes)
    guard result == 0 else {
      throw .system("bind memory to node \(binding.nodes)", errno: result)
    }
    try unsafe check(binding, at: base)
  }

  /// hwloc falls back silently in places (a set that covers the machine, an old kernel), so the
  /// kernel is asked what it now holds.
  private func check(
    _ binding: MemoryBinding, at base: UnsafeMutableRawPointer
  ) throws(TopologyError) {
    let policy = try unsafe MemoryPolicy.ofPage(at: base)
    let isApplied =
      switch binding.policy {
      case .firstTouch:
        policy.mode == .systemDefault || policy.mode == .local
          || policy.mode == .preferred && policy.nodes.isEmpty
      case .bind: policy.mode == .bind && policy.nodes.isSubset(of: binding.nodes)
      case .interleave: policy.mode == .interleave && policy.nodes == binding.nodes
      }
    guard isApplied else {
      throw TopologyError(
        .notApplied,
        "asked to \(binding.policy.rawValue) memory on node \(binding.nodes), but the kernel holds "
          + "\(policy.mode) on node \(policy.nodes); check numactl and the cpuset")
    }
  }
}

/// The alignment that the kernel's memory calls want, checked where the message can say more.
enum PageRange {
  static func check(_ base: UnsafeRawPointer, _ byteCount: Int) throws(TopologyError) {
    let page = Machine.pageBytes
    let address = UInt(bitPattern: base)
    guard byteCount > 0, address % UInt(page) == 0, byteCount % page == 0,
      !address.addingReportingOverflow(UInt(byteCount)).overflow
    else {
      throw TopologyError(
        .unaligned,
        "\(byteCount) bytes at 0x\(String(address, radix: 16)) are no whole pages; align both to "
          + "\(page) bytes")
    }
  }
}

extension TopologyHandle {
  /// Binds a range; 0 or an errno.
  fileprivate func bindArea(
    _ base: UnsafeMutableRawPointer, _ byteCount: Int, _ policy: MemoryBinding.Policy,
    _ nodes: NodeSet
  ) -> Int32 {
    guard let bitmap = HwlocBitmap(nodes) else { return ENOMEM }
    let kind =
      switch policy {
      case .firstTouch: HWLOC_MEMBIND_FIRSTTOUCH
      case .bind: HWLOC_MEMBIND_BIND
      case .interleave: HWLOC_MEMBIND_INTERLEAVE
      }
    var flags = Int32(HWLOC_MEMBIND_BYNODESET.rawValue | HWLOC_MEMBIND_STRICT.rawValue)
    // First touch has been decided for a page that exists.
    if policy != .firstTouch { flags |= Int32(HWLOC_MEMBIND_MIGRATE.rawValue) }
    let result = unsafe hwloc_set_area_membind(raw, base, byteCount, bitmap.raw, kind, flags)
    return result == 0 ? 0 : errno
  }

  /// Why hwloc cannot bind ranges with a policy here; nil when it can.
  func whyNotBindMemory(_ policy: MemoryBinding.Policy) -> String? {
    guard let support = unsafe hwloc_topology_get_support(raw).pointee.membind,
      unsafe support.pointee.set_area_membind != 0
    else { return "hwloc cannot bind address ranges on this system" }
    let hasPolicy =
      switch policy {
      case .firstTouch: unsafe support.pointee.firsttouch_membind
      case .bind: unsafe support.pointee.bind_membind
      case .interleave: unsafe support.pointee.interleave_membind
      }
    return hasPolicy != 0 ? nil : "hwloc has no \(policy.rawValue) policy on this system"
  }
}
