// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// What stays free on a node when a range is granted: page tables, the kernel's own needs and its
  /// watermarks, below which it reclaims and then kills.
  private static var nodeReserveBytes: Int { 32 << 20 }

  /// Refuses a range that its nodes have not enough free memory for.
  ///
  /// Under a strict policy the kernel does not fall back to another node: it kills a process to make
  /// room, not always the one that asked. What is free may change between this look and the touch.
  /// - Parameters:
  ///   - byteCount: The bytes that are yet to be touched.
  ///   - binding: Where they shall lie; under first touch the kernel falls back, and nothing is asked.
  /// - Throws: `noRoom`. A node of which the kernel does not say how much is free is not refused.
  public func checkRoom(for byteCount: Int, under binding: MemoryBinding) throws(TopologyError) {
    guard isThisSystem, binding.policy != .firstTouch, !binding.nodes.isEmpty else { return }
    let nodes = Array(binding.nodes)
    let free = nodes.map { Self.freeBytes(ofNode: $0) }
    switch binding.policy {
    case .firstTouch: return
    case .bind:
      // Any of the nodes will do, so it is their sum that counts.
      let known = free.compactMap { $0 }
      guard known.count == nodes.count else { return }
      let room = known.reduce(0) { $0 + max(0, $1 - Self.nodeReserveBytes) }
      if byteCount > room {
        throw noRoom(byteCount, binding.nodes, free: known.reduce(0, +))
      }
    case .interleave:
      let share = byteCount / nodes.count
      for (node, bytes) in zip(nodes, free) {
        guard let bytes, share > max(0, bytes - Self.nodeReserveBytes) else { continue }
        throw noRoom(share, [node], free: bytes)
      }
    }
  }

  /// Free bytes of a node, and those of file pages that nobody used lately; nil where the kernel does
  /// not say.
  ///
  /// - Parameter node: The kernel's number.
  static func freeBytes(ofNode node: Int) -> Int? {
    KernelFile.text("/sys/devices/system/node/node\(node)/meminfo").flatMap(freeBytes(meminfo:))
  }

  /// Reads lines such as "Node 1 MemFree:  1024 kB".
  static func freeBytes(meminfo text: String) -> Int? {
    func field(_ name: String) -> Int? {
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.count >= 4, words[2] == "\(name):" { return Int(words[3]).map { $0 << 10 } }
      }
      return nil
    }
    return field("MemFree").map { $0 + (field("Inactive(file)") ?? 0) }
  }

  private func noRoom(_ byteCount: Int, _ nodes: NodeSet, free: Int) -> TopologyError {
    TopologyError(
      .noRoom,
      "node \(nodes) has \(free >> 20) MiB of memory free, of which "
        + "\(Self.nodeReserveBytes >> 20) MiB stay free, and \((byteCount + (1 << 20) - 1) >> 20) MiB "
        + "shall lie there; lower the size or the depth, free memory on the node, or choose another "
        + "home for the segment")
  }
}
