// SPDX-License-Identifier: Apache-2.0

/// A machine as nested boxes, which both pictures draw.
///
/// hwloc's order differs by machine (a NUMA node may hold several packages or be part of one, an
/// L3 likewise), so boxes are nested by the CPUs they hold and by nothing else.
struct OutlineBox {
  /// What a box stands for; nil for PUs that lie in nothing else.
  let object: MachineObject?
  let cpuset: CPUSet
  var children: [OutlineBox] = []
  /// PUs directly inside: those of a core, or all of them where the machine has no cores.
  var pus: [MachineObject] = []

  var isCore: Bool { object?.kind == .core }

  /// "NUMA 0 · 16.0 GiB", "L3 0 · 32.0 MiB", "core 3".
  var title: String {
    guard let object else { return "PUs" }
    var title = "\(object.kind.title) \(object.logicalIndex)"
    if object.kind == .numa, let os = object.osIndex, os != object.logicalIndex {
      title += "=node\(os)"
    }
    if let bytes = object.memoryBytes ?? object.cacheBytes { title += " · \(bytes.asBinaryBytes)" }
    return title
  }
}

extension Machine {
  /// The boxes at the top, in machine order, without CPU-less nodes.
  func outline() -> [OutlineBox] {
    var builder = OutlineBuilder(pus: pus)
    let containers = (packages + numaNodes + l3Caches + cores).filter { !$0.cpuset.isEmpty }
    // Larger boxes first, and at equal size the outer kind first: each box then finds its parent.
    for object in containers.sorted(by: Self.isOuter) { builder.insert(object) }
    return builder.boxes()
  }

  private static func isOuter(_ left: MachineObject, _ right: MachineObject) -> Bool {
    func rank(_ object: MachineObject) -> (Int, Int, Int) {
      let kind = ObjectKind.allCases.firstIndex(of: object.kind) ?? 0
      return (-object.cpuset.count, kind, object.logicalIndex)
    }
    return rank(left) < rank(right)
  }
}

/// Nests boxes that come in order of falling size.
private struct OutlineBuilder {
  private var nodes: [(object: MachineObject, children: [Int], pus: [MachineObject])] = []
  private var roots: [Int] = []
  private var loosePUs: [MachineObject] = []
  /// The innermost box so far that holds a CPU: the parent of the next box around that CPU.
  private var owner: [Int: Int] = [:]
  private let pus: [MachineObject]

  init(pus: [MachineObject]) { self.pus = pus }

  mutating func insert(_ object: MachineObject) {
    let index = nodes.count
    nodes.append((object, [], []))
    if let first = object.cpuset.first, let parent = owner[first] {
      nodes[parent].children.append(index)
    } else {
      roots.append(index)
    }
    for cpu in object.cpuset { owner[cpu] = index }
  }

  mutating func boxes() -> [OutlineBox] {
    for pu in pus {
      if let cpu = pu.cpuset.first, let index = owner[cpu] {
        nodes[index].pus.append(pu)
      } else {
        loosePUs.append(pu)
      }
    }
    let top = inMachineOrder(roots).map(box)
    guard !loosePUs.isEmpty else { return top }
    let cpus = loosePUs.reduce(into: CPUSet()) { $0.formUnion($1.cpuset) }
    return top + [OutlineBox(object: nil, cpuset: cpus, pus: loosePUs)]
  }

  private func box(_ index: Int) -> OutlineBox {
    let node = nodes[index]
    return OutlineBox(
      object: node.object, cpuset: node.object.cpuset,
      children: inMachineOrder(node.children).map(box), pus: node.pus)
  }

  private func inMachineOrder(_ indices: [Int]) -> [Int] {
    indices.sorted { nodes[$0].object.logicalIndex < nodes[$1].object.logicalIndex }
  }
}

extension ObjectKind {
  fileprivate var title: String {
    switch self {
    case .package: "package"
    case .numa: "NUMA"
    case .l3: "L3"
    case .core: "core"
    case .pu: "PU"
    }
  }
}

extension Int {
  /// A byte count for a reader: "512 B", "32.0 MiB".
  var asBinaryBytes: String {
    var unit = 0
    var divisor = 1
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while self / divisor >= 1024, unit + 1 < units.count {
      divisor *= 1024
      unit += 1
    }
    guard unit > 0 else { return "\(self) B" }
    let tenths = (self % divisor) * 10 / divisor
    return "\(self / divisor).\(tenths) \(units[unit])"
  }
}
