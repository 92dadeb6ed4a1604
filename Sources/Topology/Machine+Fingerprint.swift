// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// 16 hexadecimal digits that are equal for machines of equal structure and processor.
  ///
  /// Covers the processor's name, every object's numbers and CPUs, cache sizes and distances. Left
  /// out is what changes without the machine changing: memory sizes (a virtual machine's grow),
  /// what a cgroup allows, and where the description came from.
  public var fingerprint: String {
    var hash = FNV1a()
    hash.add("cpu \(cpuModel ?? "-")")
    for kind in ObjectKind.allCases {
      for object in objects(of: kind) {
        hash.add("\(object.expression) \(object.osIndex ?? -1) \(object.cpuset.list)")
        hash.add("\(object.nodeset.list) \(object.cacheBytes ?? -1) \(object.memoryBytes == 0)")
      }
    }
    for cache in caches {
      hash.add("\(cache.name) \(cache.sizeBytes ?? -1) \(cache.lineBytes ?? -1)")
      hash.add("\(cache.instances) \(cache.sharedByPUs)")
    }
    for row in distances?.rows ?? [] { hash.add("\(row)") }
    return hash.hexadecimal
  }
}

/// The 64-bit FNV-1a hash (Fowler, Noll and Vo): stable across runs and
/// platforms, which Swift's seeded `Hasher` is not. It tells machines apart; it is no signature.
private struct FNV1a {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ line: String) {
    for byte in line.utf8 { add(byte) }
    // A separator that no line contains, or "1","2" would hash like "12".
    add(0)
  }

  private mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
