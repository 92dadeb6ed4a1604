// SPDX-License-Identifier: Apache-2.0

import CHwloc
import Dispatch
import Foundation
import Glibc
import Synchronization

@testable import Topology

/// The real machine, for traits that must say why a test does not run here.
enum Here {
  static let machine: Machine? = try? Machine.current()
  static var canBindThreads: Bool { machine?.whyUnavailable(.threadBinding) == nil }
  static var canBindMemory: Bool { machine?.whyUnavailable(.memoryBinding) == nil }
  static var canCount: Bool { machine?.whyUnavailable(.pageCensus) == nil }
  static var hasTwoCPUs: Bool { (machine?.allowedCPUs.count ?? 0) > 1 }
  static var hasTwoNodes: Bool { (machine?.nodesWithCPUs.count ?? 0) > 1 }
}

/// Shapes that the placement must serve; more than any one laboratory has.
enum Shape {
  static let oneNode = "numa:1 core:2 pu:1"
  static let small = "package:1 numa:1 l3:1 core:4 pu:1"
  static let twoByTwo = "package:2 numa:2 core:4 pu:2"
  static let fourNodes = "package:4 numa:1 l3:2 core:4 pu:1"
  static let chiplets = "package:2 numa:1 l3:4 core:2 pu:2"
  static let smtByHalves =
    "package:2 numa:1 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)"
  static let noCores = "package:2 pu:2"
  static let expander = "[numa(memory=8GB)] package:2 [numa(memory=4GB)] core:2 pu:1"
  static let all = [
    oneNode, small, twoByTwo, fourNodes, chiplets, smtByHalves, noCores, expander,
  ]
}

struct FixtureFailure: Error {}

/// A file that goes away at the end of `body`.
func withTemporaryFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
  let path = NSTemporaryDirectory() + "topology-\(UUID().uuidString).xml"
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// A machine through hwloc XML, after `edit` has changed the text.
func machine(_ synthetic: String, edit: (String) -> String) throws -> Machine {
  try withTemporaryFile(edit(Machine(synthetic: synthetic).xml())) { try Machine(xmlFile: $0) }
}

/// A machine whose cpuset allows only some CPUs, as in a container.
func machine(_ synthetic: String, allowedMask: String) throws -> Machine {
  try machine(synthetic) {
    $0.replacingOccurrences(
      of: "allowed_cpuset=\"0x[0-9a-f,x]*\"", with: "allowed_cpuset=\"\(allowedMask)\"",
      options: .regularExpression)
  }
}

/// The expander shape through XML: as hwloc shows a memory expander of a real machine.
func machineWithCPULessNode() throws -> Machine {
  try machine(Shape.expander) { $0 }
}

/// A machine with a distance matrix, which hwloc's synthetic grammar cannot give.
func machine(_ synthetic: String, distances rows: [[UInt64]]) throws -> Machine {
  var created: hwloc_topology_t?
  guard hwloc_topology_init(&created) == 0, let topology = created else { throw FixtureFailure() }
  defer { hwloc_topology_destroy(topology) }
  guard hwloc_topology_set_synthetic(topology, synthetic) == 0,
    hwloc_topology_load(topology) == 0
  else { throw FixtureFailure() }
  var nodes = rows.indices.map {
    hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, UInt32($0))
  }
  var values = rows.flatMap(\.self)
  let kind =
    UInt(HWLOC_DISTANCES_KIND_MEANS_LATENCY.rawValue)
    | UInt(HWLOC_DISTANCES_KIND_FROM_USER.rawValue)
  guard let handle = hwloc_distances_add_create(topology, "NUMALatency", kind, 0),
    hwloc_distances_add_values(topology, handle, UInt32(rows.count), &nodes, &values, 0) == 0,
    hwloc_distances_add_commit(topology, handle, 0) == 0
  else { throw FixtureFailure() }
  var text: UnsafeMutablePointer<CChar>?
  var length: Int32 = 0
  guard hwloc_topology_export_xmlbuffer(topology, &text, &length, 0) == 0, let text else {
    throw FixtureFailure()
  }
  defer { hwloc_free_xmlbuffer(topology, text) }
  return try withTemporaryFile(String(cString: text)) { try Machine(xmlFile: $0) }
}

/// Carries the outcome of a thread back to who waits for it.
private final class Outcome<T: Sendable>: Sendable {
  let result = Mutex<Result<T, any Error>?>(nil)
}

/// Runs `body` on a thread of its own: a binding must not stay behind on the runner's threads.
func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) throws -> T {
  let outcome = Outcome<T>()
  let done = DispatchSemaphore(value: 0)
  Thread {
    let result = Result { try body() }
    outcome.result.withLock { $0 = result }
    done.signal()
  }.start()
  done.wait()
  guard let result = outcome.result.withLock({ $0 }) else { throw FixtureFailure() }
  return try result.get()
}

/// Anonymous private pages that are unmapped at the end of `body`.
func withPages<R>(_ count: Int, _ body: (UnsafeMutableRawPointer, Int) throws -> R) throws -> R {
  let bytes = count * Machine.pageBytes
  let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
  guard let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
    throw FixtureFailure()
  }
  defer { munmap(base, bytes) }
  return try body(base, bytes)
}

/// Writes one byte into each page.
func touch(_ base: UnsafeMutableRawPointer, _ bytes: Int) {
  for offset in stride(from: 0, to: bytes, by: Machine.pageBytes) {
    base.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
  }
}

/// The code of the error that `body` throws, nil when it throws none.
func code(of body: () throws -> some Any) -> TopologyError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? TopologyError)?.code
  }
}

/// The message of the error that `body` throws, "" when it throws none.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}
