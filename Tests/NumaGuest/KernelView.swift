// SPDX-License-Identifier: Apache-2.0

import Harness
import Topology

/// The machine by the kernel's own files, read without hwloc and libnuma: what both must agree with.
struct KernelView {
  struct Node {
    let number: Int
    let cpus: CPUSet
    /// To each node, by the kernel's numbers.
    let distances: [Int]
    let memoryBytes: Int
  }

  /// In the order of their logical indices.
  let nodes: [Node]
  let onlineCPUs: CPUSet
  /// Objects of each kind by the CPUs in them, in the order of their first CPU: that of logical indices.
  let objects: [ObjectKind: [CPUSet]]

  private static let nodeFolder = "/sys/devices/system/node"
  private static let cpuFolder = "/sys/devices/system/cpu"

  /// The machine this runs on.
  ///
  /// - Parameter order: the kernel's numbers of the nodes by logical index, which is hwloc's to choose: a
  ///   node without CPUs may come first.
  static func current(order: [Int]) throws -> KernelView {
    let online = try CPUSet(list: text("\(cpuFolder)/online"))
    let numbers = try NodeSet(list: text("\(nodeFolder)/online"))
    guard numbers == NodeSet(order), order.count == numbers.count else {
      throw GuestError("the kernel has node \(numbers), and hwloc shows \(order)")
    }
    let nodes = try order.map { number in
      let folder = "\(nodeFolder)/node\(number)"
      let kilobytes = SystemFile.integer(
        "\(folder)/meminfo", label: "Node \(number) MemTotal:", word: 0)
      return Node(
        number: number, cpus: try CPUSet(list: text("\(folder)/cpulist")),
        distances: try text("\(folder)/distance").split(separator: " ").compactMap { Int($0) },
        memoryBytes: (kilobytes ?? 0) << 10)
    }
    return KernelView(
      nodes: nodes, onlineCPUs: online,
      objects: [
        .package: try groups(of: online, by: "topology/package_cpus_list"),
        .numa: nodes.map(\.cpus),
        .l3: try groups(of: online, by: "cache/index3/shared_cpu_list"),
        .core: try groups(of: online, by: "topology/core_cpus_list"),
        .pu: online.map { CPUSet([$0]) },
      ])
  }

  /// The sets of CPUs that a file of each CPU tells, each once.
  private static func groups(of cpus: CPUSet, by file: String) throws -> [CPUSet] {
    let sets = try cpus.map { try CPUSet(list: text("\(cpuFolder)/cpu\($0)/\(file)")) }
    return Set(sets).sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  private static func text(_ path: String) throws -> String {
    guard let text = SystemFile.text(path) else { throw GuestError("the kernel has no \(path)") }
    return text
  }

  /// The CPUs that a seat expression such as `numa:1.core:0` means; nil when the machine has it not.
  func cpus(_ expression: String) -> CPUSet? {
    var place = onlineCPUs
    for step in expression.split(separator: ".") {
      let halves = step.split(separator: ":")
      guard halves.count == 2, let kind = ObjectKind(rawValue: String(halves[0])) else {
        return nil
      }
      let inside = (objects[kind] ?? []).filter { place == onlineCPUs || $0.isSubset(of: place) }
      let index = halves[1] == "last" ? inside.count - 1 : Int(halves[1]) ?? -1
      guard inside.indices.contains(index) else { return nil }
      place = inside[index]
    }
    return place
  }

  /// Whether two CPUs are in one object of a kind.
  func share(_ kind: ObjectKind, _ one: Int, _ other: Int) -> Bool {
    (objects[kind] ?? []).contains { $0.contains(one) && $0.contains(other) }
  }

  /// The node that all of these CPUs belong to.
  func node(of cpus: CPUSet) -> Int? {
    nodes.first { !cpus.isEmpty && cpus.isSubset(of: $0.cpus) }?.number
  }

  /// The kernel's number of a home such as `node:1`; nil when there is none.
  func node(named home: String) -> Int? {
    home.split(separator: ":").last.flatMap { Int($0) }.flatMap {
      nodes.indices.contains($0) ? nodes[$0].number : nil
    }
  }

  var nodesWithCPUs: [Node] { nodes.filter { !$0.cpus.isEmpty } }
  var nodesWithMemory: [Node] { nodes.filter { $0.memoryBytes > 0 } }

  var summary: String {
    let each = nodes.map { node in
      let cpus = node.cpus.isEmpty ? "no CPU" : "CPU \(node.cpus)"
      let distances = node.distances.map(String.init).joined(separator: " ")
      return "node \(node.number): \(cpus), \(node.memoryBytes >> 20) MiB, distances \(distances)"
    }
    return "the kernel has " + each.joined(separator: "; ")
  }
}
