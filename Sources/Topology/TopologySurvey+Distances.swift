// SPDX-License-Identifier: Apache-2.0

internal import CHwloc

extension TopologySurvey {
  /// The latency matrix over NUMA nodes: the operating system's first, else one a user gave.
  ///
  /// Nil without a matrix, and also for one that does not cover all of the nodes.
  func distances(nodeCount: Int) -> NUMADistances? {
    let latency = UInt(HWLOC_DISTANCES_KIND_MEANS_LATENCY.rawValue)
    let fromSystem = latency | UInt(HWLOC_DISTANCES_KIND_FROM_OS.rawValue)
    return firstMatrix(kind: fromSystem, nodeCount: nodeCount)
      ?? firstMatrix(kind: latency, nodeCount: nodeCount)
  }

  private func firstMatrix(kind: UInt, nodeCount: Int) -> NUMADistances? {
    // `available` is how many slots we offer, and comes back as how many matrices there are.
    var available: UInt32 = 1
    var found: UnsafeMutablePointer<hwloc_distances_s>?
    guard
      unsafe hwloc_distances_get_by_type(
        handle.raw, HWLOC_OBJ_NUMANODE, &available, &found, kind, 0) == 0,
      available > 0, let matrix = unsafe found
    else { return nil }
    defer { unsafe hwloc_distances_release(handle.raw, matrix) }
    return unsafe table(matrix, nodeCount: nodeCount)
  }

  /// hwloc keeps the objects in no particular order; the table is by logical index.
  private func table(
    _ matrix: UnsafeMutablePointer<hwloc_distances_s>, nodeCount: Int
  ) -> NUMADistances? {
    let count = Int(unsafe matrix.pointee.nbobjs)
    guard count == nodeCount, count > 1 else { return nil }
    var slotOfNode: [Int: Int] = [:]
    for slot in 0..<count {
      guard let node = unsafe matrix.pointee.objs[slot] else { return nil }
      slotOfNode[Int(unsafe node.pointee.logical_index)] = slot
    }
    let slots = (0..<nodeCount).compactMap { slotOfNode[$0] }
    guard slots.count == count else { return nil }
    let rows = slots.map { row in
      slots.map { column in Int(clamping: unsafe matrix.pointee.values[row * count + column]) }
    }
    return NUMADistances(nodes: Array(0..<nodeCount), rows: rows)
  }
}
