// SPDX-License-Identifier: Apache-2.0

/// A pair of seats by how near they are to each other.
public enum PlacementPreset: String, CaseIterable, Hashable, Sendable, Codable {
  /// Two PUs of one core; without SMT the same PU twice, as the pair's note says.
  case sameCore = "same-core"
  /// Two cores under one L3.
  case sameL3 = "same-l3"
  /// Two cores of one NUMA node, under different L3s where it has several.
  case sameNode = "same-node"
  /// Two cores of different NUMA nodes.
  case crossNode = "cross-node"
}

/// Where the two ends of a transport sit.
public struct SeatPair: Hashable, Sendable, Codable {
  public let producer: Seat
  public let customer: Seat

  /// What a reader of the result must know about the pair; nil when it is what its name says.
  public let note: String?

  public init(producer: Seat, customer: Seat, note: String? = nil) {
    self.producer = producer
    self.customer = customer
    self.note = note
  }
}

/// What a preset comes to on a machine.
public enum PresetOutcome: Hashable, Sendable {
  case seats(SeatPair)
  /// The machine cannot host the preset; the reason is one line.
  case unavailable(String)
}

extension Machine {
  /// Finds the seats of a preset among the allowed CPUs.
  ///
  /// The choice is the first that fits in logical order, so that it is the same in every run.
  public func resolve(_ preset: PlacementPreset) -> PresetOutcome {
    let cores = usableCores()
    guard let first = cores.first else {
      return .unavailable("\(preset.rawValue) needs a CPU, this machine allows none")
    }
    switch preset {
    case .sameCore: return sameCore(cores, first)
    case .sameL3: return sameL3(cores)
    case .sameNode: return sameNode(cores)
    case .crossNode: return crossNode(cores)
    }
  }

  /// A core and those of its PUs that are allowed; there is at least one.
  private struct UsableCore {
    let core: MachineObject
    let first: MachineObject
    let second: MachineObject?
    let region: Region
  }

  /// The node and the L3 a core belongs to, by logical index; all that two-core presets look at.
  private struct Region: Hashable {
    let node: Int?
    let l3: Int?
  }

  /// Where the machine describes no cores, each PU counts as one.
  private func usableCores() -> [UsableCore] {
    var allowed: [Int: MachineObject] = [:]
    for pu in pus where pu.cpuset.isSubset(of: allowedCPUs) {
      if let cpu = pu.cpuset.first { allowed[cpu] = pu }
    }
    return (cores.isEmpty ? pus : cores).compactMap { core in
      let threads = core.cpuset.compactMap { allowed[$0] }
        .sorted { $0.logicalIndex < $1.logicalIndex }
      guard let first = threads.first else { return nil }
      return UsableCore(
        core: core, first: first, second: threads.dropFirst().first,
        region: Region(
          node: homeNode(of: first.cpuset)?.logicalIndex,
          l3: l3Caches.first { first.cpuset.isSubset(of: $0.cpuset) }?.logicalIndex))
    }
  }

  private func sameCore(_ cores: [UsableCore], _ first: UsableCore) -> PresetOutcome {
    if let core = cores.first(where: { $0.second != nil }), let second = core.second {
      return .seats(
        SeatPair(
          producer: seat(pu: core.first, core: core.core),
          customer: seat(pu: second, core: core.core)))
    }
    let seat = seat(pu: first.first, core: first.core)
    return .seats(
      SeatPair(
        producer: seat, customer: seat,
        note: "no core has two allowed PUs: both ends take turns on CPU \(seat.cpuset)"))
  }

  private func sameL3(_ cores: [UsableCore]) -> PresetOutcome {
    guard !l3Caches.isEmpty else {
      return .unavailable("same-l3 needs an L3 cache, this machine shows none")
    }
    return pair(cores) { $0.l3 != nil && $0 == $1 }
      ?? .unavailable(
        "same-l3 needs 2 allowed cores under one L3 cache, this machine has "
          + counted(l3Caches.count, "L3 cache") + " over " + counted(cores.count, "allowed core"))
  }

  private func sameNode(_ cores: [UsableCore]) -> PresetOutcome {
    let apart = pair(cores) { $0.node != nil && $0.node == $1.node && $0.l3 != $1.l3 }
    // Says so only where there is an L3 to share; without one the name tells all.
    let together = pair(
      cores, note: l3Caches.isEmpty ? nil : "the two cores also share an L3 cache"
    ) { $0.node != nil && $0.node == $1.node }
    return apart ?? together
      ?? .unavailable(
        "same-node needs 2 allowed cores in one NUMA node, this machine has "
          + counted(nodesWithCPUs.count, "node") + " with CPUs and "
          + counted(cores.count, "allowed core"))
  }

  private func crossNode(_ cores: [UsableCore]) -> PresetOutcome {
    pair(cores) { $0.node != nil && $1.node != nil && $0.node != $1.node }
      ?? .unavailable(
        "cross-node needs 2 NUMA nodes with CPUs, this machine has \(nodesWithCPUs.count)")
  }

  /// The first pair of cores whose regions fit, as seats on the first allowed PU of each.
  ///
  /// Cores of one region are alike, so the first two of each region stand for all.
  private func pair(
    _ cores: [UsableCore], note: String? = nil, _ fits: (Region, Region) -> Bool
  ) -> PresetOutcome? {
    var seen: [Region: Int] = [:]
    let candidates = cores.filter {
      seen[$0.region, default: 0] += 1
      return seen[$0.region, default: 0] <= 2
    }
    for (index, left) in candidates.enumerated() {
      let rest = candidates[(index + 1)...]
      guard let right = rest.first(where: { fits(left.region, $0.region) }) else { continue }
      return .seats(
        SeatPair(
          producer: seat(pu: left.first, core: left.core),
          customer: seat(pu: right.first, core: right.core), note: note))
    }
    return nil
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
