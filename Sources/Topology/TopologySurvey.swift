// SPDX-License-Identifier: Apache-2.0

internal import CHwloc

/// Reads a loaded hwloc topology into values; the only place that walks hwloc's objects.
struct TopologySurvey {
  let handle: TopologyHandle
  let origin: MachineOrigin

  func objects(_ kind: ObjectKind) throws(TopologyError) -> [MachineObject] {
    var result: [MachineObject] = []
    for index in 0..<count(kind.hwlocType) {
      guard let raw = unsafe hwloc_get_obj_by_type(handle.raw, kind.hwlocType, UInt32(index))
      else { throw tooLarge() }
      try result.append(unsafe object(raw, kind, index))
    }
    return result
  }

  /// The NUMA nodes with the CPUs that belong to them.
  ///
  /// hwloc gives a node without CPUs (a memory expander, HBM) the CPUs of the object it hangs on.
  /// A CPU belongs to one node only: the one near the fewest CPUs, then one with memory, then the
  /// first. A node that is left without any is CPU-less.
  func numaNodes() throws(TopologyError) -> [MachineObject] {
    let nodes = try objects(.numa)
    let byNearness = nodes.sorted {
      ($0.cpuset.count, $0.memoryBytes == 0 ? 1 : 0, $0.logicalIndex)
        < ($1.cpuset.count, $1.memoryBytes == 0 ? 1 : 0, $1.logicalIndex)
    }
    var taken = CPUSet()
    var owned: [Int: CPUSet] = [:]
    for node in byNearness {
      owned[node.logicalIndex] = node.cpuset.subtracting(taken)
      taken.formUnion(node.cpuset)
    }
    return nodes.map { $0.with(cpuset: owned[$0.logicalIndex] ?? []) }
  }

  private func object(
    _ raw: hwloc_obj_t, _ kind: ObjectKind, _ index: Int
  ) throws(TopologyError) -> MachineObject {
    let os = unsafe raw.pointee.os_index
    // HWLOC_UNKNOWN_INDEX is the macro (unsigned)-1, which does not import.
    let osIndex = os == UInt32.max ? nil : Int(os)
    return MachineObject(
      kind: kind, logicalIndex: index, osIndex: osIndex,
      cpuset: try unsafe set(raw.pointee.cpuset), nodeset: try unsafe set(raw.pointee.nodeset),
      memoryBytes: kind == .numa ? unsafe memoryBytes(raw) : nil,
      cacheBytes: kind == .l3 ? unsafe positive(raw.pointee.attr.pointee.cache.size) : nil)
  }

  /// A real node may have no memory; a synthetic one without "memory=" has an unknown amount.
  private func memoryBytes(_ raw: hwloc_obj_t) -> Int? {
    let bytes = unsafe raw.pointee.attr.pointee.numanode.local_memory
    if bytes == 0, case .synthetic = origin { return nil }
    return Int(clamping: bytes)
  }

  func caches() throws(TopologyError) -> [CacheSize] {
    var result: [CacheSize] = []
    for type in [
      HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
      HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE,
    ] {
      var instances: [CacheSize: Int] = [:]
      for index in 0..<count(type) {
        guard let raw = unsafe hwloc_get_obj_by_type(handle.raw, type, UInt32(index)) else {
          throw tooLarge()
        }
        instances[try unsafe cache(raw, instances: 1), default: 0] += 1
      }
      result += instances.map { $0.with(instances: $1) }.sorted {
        ($0.sizeBytes ?? 0, $0.sharedByPUs) > ($1.sizeBytes ?? 0, $1.sharedByPUs)
      }
    }
    return result
  }

  private func cache(_ raw: hwloc_obj_t, instances: Int) throws(TopologyError) -> CacheSize {
    let attributes = unsafe raw.pointee.attr.pointee.cache
    let contents: CacheSize.Contents =
      switch attributes.type {
      case HWLOC_OBJ_CACHE_DATA: .data
      case HWLOC_OBJ_CACHE_INSTRUCTION: .instruction
      default: .unified
      }
    let cpus: CPUSet = try unsafe set(raw.pointee.cpuset)
    return CacheSize(
      level: Int(attributes.depth), contents: contents, sizeBytes: positive(attributes.size),
      lineBytes: positive(UInt64(attributes.linesize)), instances: instances,
      sharedByPUs: cpus.count)
  }

  /// hwloc says 0 for a size it does not know.
  private func positive(_ bytes: UInt64) -> Int? {
    bytes == 0 ? nil : Int(clamping: bytes)
  }

  /// The name of the first package that has one.
  func cpuModel() -> String? {
    for type in [HWLOC_OBJ_PACKAGE, HWLOC_OBJ_MACHINE] {
      guard let raw = unsafe hwloc_get_obj_by_type(handle.raw, type, 0),
        let text = unsafe hwloc_obj_get_info_by_name(raw, "CPUModel")
      else { continue }
      return unsafe String(cString: text)
    }
    return nil
  }

  /// With forbidden CPUs included in the topology, its cpuset is all that are online.
  func onlineCPUs() throws(TopologyError) -> CPUSet {
    try unsafe set(hwloc_topology_get_topology_cpuset(handle.raw))
  }

  func allowedCPUs() throws(TopologyError) -> CPUSet {
    try unsafe set(hwloc_topology_get_allowed_cpuset(handle.raw))
  }

  func allowedNodes() throws(TopologyError) -> NodeSet {
    try unsafe set(hwloc_topology_get_allowed_nodeset(handle.raw))
  }

  private func set<Indices>(
    _ bitmap: hwloc_const_bitmap_t?
  ) throws(TopologyError) -> IndexBitmap<Indices> {
    guard let set = unsafe IndexBitmap<Indices>(hwloc: bitmap) else { throw tooLarge() }
    return set
  }

  private func count(_ type: hwloc_obj_type_t) -> Int {
    max(0, Int(unsafe hwloc_get_nbobjs_by_type(handle.raw, type)))
  }

  private func tooLarge() -> TopologyError {
    TopologyError(
      .loadFailed,
      "\(String(describing: origin).printable) numbers CPUs or nodes over "
        + "\(CPUSet.maximumIndex); describe a smaller machine")
  }
}

extension ObjectKind {
  fileprivate var hwlocType: hwloc_obj_type_t {
    switch self {
    case .package: HWLOC_OBJ_PACKAGE
    case .numa: HWLOC_OBJ_NUMANODE
    case .l3: HWLOC_OBJ_L3CACHE
    case .core: HWLOC_OBJ_CORE
    case .pu: HWLOC_OBJ_PU
    }
  }
}

extension MachineObject {
  fileprivate func with(cpuset: CPUSet) -> MachineObject {
    MachineObject(
      kind: kind, logicalIndex: logicalIndex, osIndex: osIndex, cpuset: cpuset, nodeset: nodeset,
      memoryBytes: memoryBytes, cacheBytes: cacheBytes)
  }
}

extension CacheSize {
  fileprivate func with(instances: Int) -> CacheSize {
    CacheSize(
      level: level, contents: contents, sizeBytes: sizeBytes, lineBytes: lineBytes,
      instances: instances, sharedByPUs: sharedByPUs)
  }
}
