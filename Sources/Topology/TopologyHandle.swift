// SPDX-License-Identifier: Apache-2.0

internal import CHwloc
internal import Glibc

/// An hwloc topology, loaded once, never changed, destroyed with the last machine that uses it.
///
/// @unchecked Sendable: nothing writes to the topology after `load`, and hwloc allows any number
/// of threads to read and bind through one that does not change ("Thread Safety" in its manual).
@safe
final class TopologyHandle: @unchecked Sendable {
  /// What to load.
  enum Source {
    case thisSystem
    case xml(path: String)
    case synthetic(String)
  }

  let raw: hwloc_topology_t

  private init(raw: hwloc_topology_t) {
    unsafe self.raw = raw
  }

  deinit { unsafe hwloc_topology_destroy(raw) }

  /// Loads a topology.
  ///
  /// Forbidden CPUs stay in it, so that a logical index means the same object in every container.
  static func load(_ source: Source) throws(TopologyError) -> TopologyHandle {
    if case .xml(let path) = source { try XMLVersion.check(path: path) }
    var created: hwloc_topology_t?
    guard unsafe hwloc_topology_init(&created) == 0, let raw = unsafe created else {
      throw TopologyError(.loadFailed, "hwloc cannot start: out of memory; free some and retry")
    }
    // From here on the handle owns the topology: any throw below destroys it.
    let handle = unsafe TopologyHandle(raw: raw)
    unsafe hwloc_topology_set_flags(raw, UInt(HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue))
    unsafe hwloc_topology_set_icache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL)
    try handle.select(source)
    guard unsafe hwloc_topology_load(raw) == 0 else {
      throw handle.failure(of: source, errno: errno)
    }
    return handle
  }

  /// A topology of its own with the same contents, for who changes it before anybody else sees it.
  func copy() throws(TopologyError) -> TopologyHandle {
    var created: hwloc_topology_t?
    guard unsafe hwloc_topology_dup(&created, raw) == 0, let raw = unsafe created else {
      throw TopologyError(
        .loadFailed, "hwloc cannot copy a machine (errno \(errno)); free some memory")
    }
    return unsafe TopologyHandle(raw: raw)
  }

  private func select(_ source: Source) throws(TopologyError) {
    let result =
      switch source {
      case .thisSystem: Int32(0)
      case .xml(let path): unsafe hwloc_topology_set_xml(raw, path)
      case .synthetic(let text): unsafe hwloc_topology_set_synthetic(raw, text)
      }
    guard result == 0 else { throw failure(of: source, errno: errno) }
  }

  private func failure(of source: Source, errno code: Int32) -> TopologyError {
    switch source {
    case .thisSystem:
      TopologyError(
        .loadFailed, "hwloc cannot read this system (errno \(code)); check that /sys is mounted")
    case .xml(let path) where code == ENOENT || code == EACCES:
      TopologyError(
        .loadFailed, "'\(path.printable)' cannot be opened; check the path and its permissions")
    case .xml(let path):
      TopologyError(
        .loadFailed, "'\(path.printable)' is no hwloc XML; write one with 'lstopo file.xml'")
    case .synthetic(let text):
      TopologyError(
        .loadFailed,
        "hwloc rejects '\(text.printable)'; write a description such as "
          + "'package:2 numa:2 core:4 pu:2'")
    }
  }

  /// Whether binding through this topology is real; on a described machine hwloc's binding calls
  /// succeed and do nothing.
  var isThisSystem: Bool { unsafe hwloc_topology_is_thissystem(raw) != 0 }

  /// The topology as hwloc XML.
  func xml() throws(TopologyError) -> String {
    var buffer: UnsafeMutablePointer<CChar>?
    var length: Int32 = 0
    guard unsafe hwloc_topology_export_xmlbuffer(raw, &buffer, &length, 0) == 0,
      let text = unsafe buffer
    else {
      throw TopologyError(.loadFailed, "hwloc cannot export XML (errno \(errno)); free some memory")
    }
    defer { unsafe hwloc_free_xmlbuffer(raw, text) }
    return unsafe String(cString: text)
  }
}
