// SPDX-License-Identifier: Apache-2.0

/// Where a PU lies: all that tells its placements from those of another one.
///
/// Indices are logical; nil is where the machine describes no such object around the PU.
struct PlacementPoint: Hashable {
  let package: Int?
  let node: Int?
  let l3: Int?
  /// Allowed PUs of its core.
  let coreSize: Int
}

/// PUs that lie in the same package, node and L3, on cores of equal size: between two such groups
/// every pair is like every other.
struct PlacementGroup {
  let point: PlacementPoint
  /// The PUs by core, all in logical order.
  private(set) var cores: [[Int]] = []
  private var slotOfCore: [Int: Int] = [:]

  init(point: PlacementPoint) { self.point = point }

  mutating func add(pu: Int, core: Int) {
    if let slot = slotOfCore[core] {
      cores[slot].append(pu)
    } else {
      slotOfCore[core] = cores.count
      cores.append([pu])
    }
  }

  var count: Int { cores.count * point.coreSize }
  var first: Int { cores[0][0] }
}

/// Finds the points of a machine's allowed PUs in one pass over its objects.
struct PlacementAtlas {
  /// By the first PU of each.
  private(set) var groups: [PlacementGroup] = []
  /// By logical index of the PU; forbidden PUs have none.
  private(set) var points: [Int: PlacementPoint] = [:]
  /// The core of each allowed PU; the PU itself where the machine describes no cores.
  private(set) var cores: [Int: MachineObject] = [:]

  init(_ machine: Machine) {
    let package = Self.owners(machine.packages)
    let node = Self.owners(machine.numaNodes)
    let l3 = Self.owners(machine.l3Caches)
    let coreObjects = machine.cores.isEmpty ? machine.pus : machine.cores
    let core = Self.owners(coreObjects)
    let usable = machine.pus.compactMap { pu -> (index: Int, cpu: Int)? in
      guard let cpu = pu.cpuset.first, machine.allowedCPUs.contains(cpu) else { return nil }
      return (pu.logicalIndex, cpu)
    }
    var coreSizes: [Int: Int] = [:]
    for pu in usable { coreSizes[core[pu.cpu] ?? -1 - pu.index, default: 0] += 1 }
    var slots: [PlacementPoint: Int] = [:]
    for pu in usable {
      // A PU outside of every core is a core of its own.
      let ownCore = core[pu.cpu] ?? -1 - pu.index
      let point = PlacementPoint(
        package: package[pu.cpu], node: node[pu.cpu], l3: l3[pu.cpu],
        coreSize: coreSizes[ownCore] ?? 1)
      points[pu.index] = point
      cores[pu.index] = ownCore < 0 ? machine.pus[pu.index] : coreObjects[ownCore]
      let slot = slots[point] ?? groups.count
      if slot == groups.count {
        slots[point] = slot
        groups.append(PlacementGroup(point: point))
      }
      groups[slot].add(pu: pu.index, core: ownCore)
    }
  }

  /// The object around each CPU, by kernel number.
  private static func owners(_ objects: [MachineObject]) -> [Int: Int] {
    var owner: [Int: Int] = [:]
    for object in objects {
      for cpu in object.cpuset { owner[cpu] = object.logicalIndex }
    }
    return owner
  }
}
