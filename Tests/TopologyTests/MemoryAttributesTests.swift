// SPDX-License-Identifier: Apache-2.0

import CHwloc
import Testing

@testable import Topology

/// hwloc itself, reading a file as any other tool would.
private final class LoadedTopology {
  let raw: hwloc_topology_t

  init(xml path: String) throws {
    var created: hwloc_topology_t?
    guard hwloc_topology_init(&created) == 0, let topology = created else { throw FixtureFailure() }
    raw = topology
    guard hwloc_topology_set_xml(topology, path) == 0, hwloc_topology_load(topology) == 0 else {
      throw FixtureFailure()
    }
  }

  deinit { hwloc_topology_destroy(raw) }

  /// What some CPUs get from a node; nil without a value.
  func value(_ id: hwloc_memattr_id_e, from cpus: CPUSet, to node: Int) -> UInt64? {
    guard let bitmap = HwlocBitmap(cpus),
      let target = hwloc_get_obj_by_type(raw, HWLOC_OBJ_NUMANODE, UInt32(node))
    else { return nil }
    var place = hwloc_location()
    place.type = HWLOC_LOCATION_TYPE_CPUSET
    place.location.cpuset = bitmap.raw
    var value: UInt64 = 0
    let result = hwloc_memattr_get_value(
      raw, hwloc_memattr_id_t(id.rawValue), target, &place, 0, &value)
    return result == 0 ? value : nil
  }

  func info(_ name: String) -> String? {
    guard let root = hwloc_get_obj_by_depth(raw, 0, 0),
      let text = hwloc_obj_get_info_by_name(root, name)
    else { return nil }
    return String(cString: text)
  }
}

@Suite struct MemoryAttributesTests {
  @Test func hwlocReadsBackWhatWasExported() throws {
    let machine = try BigMachine.expander.machine()
    let first = machine.numaNodes[0].cpuset
    let second = machine.numaNodes[2].cpuset
    let text = try machine.xml(
      adding: [
        MemoryAttribute(.latency, initiator: first, target: 0, value: 90),
        MemoryAttribute(.latency, initiator: first, target: 3, value: 310),
        MemoryAttribute(.bandwidth, initiator: first, target: 0, value: 28_000),
        MemoryAttribute(.bandwidth, initiator: second, target: 0, value: 9_000),
      ], notes: [("Weir", "p50 <RTT/2> & \"more\"")])
    try withTemporaryFile(text) { path in
      let loaded = try LoadedTopology(xml: path)
      #expect(loaded.value(HWLOC_MEMATTR_ID_LATENCY, from: first, to: 0) == 90)
      #expect(loaded.value(HWLOC_MEMATTR_ID_LATENCY, from: first, to: 3) == 310)
      #expect(loaded.value(HWLOC_MEMATTR_ID_LATENCY, from: first, to: 1) == nil, "unknown is none")
      #expect(loaded.value(HWLOC_MEMATTR_ID_BANDWIDTH, from: first, to: 0) == 28_000)
      #expect(loaded.value(HWLOC_MEMATTR_ID_BANDWIDTH, from: second, to: 0) == 9_000)
      #expect(
        loaded.value(HWLOC_MEMATTR_ID_BANDWIDTH, from: [0], to: 0) == 28_000,
        "a CPU of the initiator gets its value")
      #expect(loaded.info("Weir") == "p50 <RTT/2> & \"more\"")
      #expect(try Machine(xmlFile: path).fingerprint == machine.fingerprint)
    }
  }

  @Test func theMachineItselfStaysAsItWas() throws {
    let machine = try BigMachine.xeon.machine()
    let before = try machine.xml()
    _ = try machine.xml(
      adding: [MemoryAttribute(.latency, initiator: [0], target: 1, value: 1)],
      notes: [("Weir", "x")])
    #expect(try machine.xml() == before)
  }

  @Test func aNodeThatIsNotThereIsRefused() throws {
    let machine = try BigMachine.xeon.machine()
    let missing = MemoryAttribute(.latency, initiator: [0], target: 2, value: 1)
    #expect(code(of: { try machine.xml(adding: [missing]) }) == .noSuchNode)
  }
}
