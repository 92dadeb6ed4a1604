// SPDX-License-Identifier: Apache-2.0

internal import CHwloc
internal import Glibc

/// One value of an hwloc memory attribute: what CPUs get from the memory of a node.
public struct MemoryAttribute: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// hwloc's "Latency", in nanoseconds.
    case latency
    /// hwloc's "Bandwidth", in MiB/s.
    case bandwidth
  }

  public let kind: Kind
  /// The CPUs that it was measured from.
  public let initiator: CPUSet
  /// The node by logical index.
  public let target: Int
  /// In the unit of the kind.
  public let value: UInt64

  public init(_ kind: Kind, initiator: CPUSet, target: Int, value: UInt64) {
    self.kind = kind
    self.initiator = initiator
    self.target = target
    self.value = value
  }
}

extension Machine {
  /// The machine as hwloc XML with memory attributes, which `lstopo --memattrs` and
  /// `hwloc_memattr_get_value` read.
  ///
  /// Made by hwloc itself on a copy of the topology. Attributes that the machine's firmware gave for
  /// the same initiator are replaced, others stay.
  /// - Parameter notes: names and texts that are kept at the machine, for who wonders where the
  ///   values come from.
  /// - Throws: `unsupported` for a machine read from JSON, `noSuchNode` for a target it has not,
  ///   `loadFailed` when hwloc refuses.
  public func xml(
    adding attributes: [MemoryAttribute], notes: [(name: String, text: String)] = []
  ) throws(TopologyError) -> String {
    guard let handle else {
      throw TopologyError(
        .unsupported, "a \(origin) holds no hwloc topology to export; load the original XML instead"
      )
    }
    let copy = try handle.copy()
    for note in notes { copy.note(note.name, note.text) }
    for attribute in attributes {
      guard numaNodes.indices.contains(attribute.target) else {
        throw TopologyError(
          .noSuchNode,
          "a memory attribute is about node:\(attribute.target), this machine has node:0 to "
            + "node:\(numaNodes.count - 1)")
      }
      try copy.set(attribute)
    }
    return try copy.xml()
  }
}

extension TopologyHandle {
  fileprivate func note(_ name: String, _ text: String) {
    guard let root = unsafe hwloc_get_obj_by_depth(raw, 0, 0) else { return }
    _ = unsafe hwloc_obj_add_info(root, name, text)
  }

  fileprivate func set(_ attribute: MemoryAttribute) throws(TopologyError) {
    let id =
      switch attribute.kind {
      case .latency: HWLOC_MEMATTR_ID_LATENCY
      case .bandwidth: HWLOC_MEMATTR_ID_BANDWIDTH
      }
    guard
      let node = unsafe hwloc_get_obj_by_type(raw, HWLOC_OBJ_NUMANODE, UInt32(attribute.target)),
      let cpus = HwlocBitmap(attribute.initiator)
    else { throw refusal() }
    var location = unsafe hwloc_location()
    unsafe location.type = HWLOC_LOCATION_TYPE_CPUSET
    unsafe location.location.cpuset = cpus.raw
    guard
      unsafe hwloc_memattr_set_value(
        raw, hwloc_memattr_id_t(id.rawValue), node, &location, 0, attribute.value) == 0
    else { throw refusal() }
  }

  private func refusal() -> TopologyError {
    TopologyError(
      .loadFailed, "hwloc does not take a memory attribute (errno \(errno)); free some memory")
  }
}
