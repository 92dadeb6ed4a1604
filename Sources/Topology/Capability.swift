// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Something a machine can or cannot do for a measurement, with the reason when it cannot.
public struct Capability: Hashable, Sendable, Codable {
  /// What can be asked for.
  public enum Name: String, CaseIterable, Hashable, Sendable, Codable {
    case run
    case threadBinding = "thread-binding"
    case memoryBinding = "memory-binding"
    case pageCensus = "page-census"
    case crossNode = "cross-node"
    case sameNode = "same-node"
    case sameL3 = "same-l3"
    case smt
    case distanceMatrix = "distance-matrix"
    case allCPUs = "all-cpus"
  }

  public let name: Name

  /// Why it is unavailable, in one line; nil when it is available.
  public let unavailableReason: String?

  public var isAvailable: Bool { unavailableReason == nil }

  private enum CodingKeys: String, CodingKey {
    case name
    case unavailableReason = "unavailable_reason"
  }

  /// Available is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(unavailableReason, forKey: .unavailableReason)
  }
}

extension Machine {
  /// What this machine can do, probed where only a try can tell (memory policy, page census).
  public var capabilities: [Capability] {
    Capability.Name.allCases.map { Capability(name: $0, unavailableReason: whyUnavailable($0)) }
  }

  /// Why the machine cannot do something, in one line; nil when it can.
  public func whyUnavailable(_ name: Capability.Name) -> String? {
    switch name {
    case .run: whyNotRun
    case .threadBinding: whyNotRun ?? handle?.whyNotBindThread()
    case .memoryBinding: whyNotRun ?? handle?.whyNotBindMemory(.bind) ?? probeMemory().binding
    case .pageCensus: whyNotRun ?? probeMemory().census
    case .crossNode: reason(resolve(.crossNode))
    case .sameNode: reason(resolve(.sameNode))
    case .sameL3: reason(resolve(.sameL3))
    case .smt: whyNoSMT
    case .distanceMatrix: whyNoDistances
    case .allCPUs:
      allowedCPUs == onlineCPUs
        ? nil : "CPU \(onlineCPUs.subtracting(allowedCPUs)) is online but forbidden here"
    }
  }

  private var whyNotRun: String? {
    isThisSystem && handle != nil ? nil : "this is a described machine (\(origin))"
  }

  private var whyNoSMT: String? {
    let hasSiblings = cores.contains { $0.cpuset.intersection(allowedCPUs).count > 1 }
    return hasSiblings ? nil : "no core has two allowed PUs"
  }

  private var whyNoDistances: String? {
    if distances != nil { return nil }
    return numaNodes.count == 1
      ? "there is one NUMA node, and so no distance between nodes"
      : "the machine gives no distance matrix for its \(numaNodes.count) NUMA nodes"
  }

  private func reason(_ outcome: PresetOutcome) -> String? {
    guard case .unavailable(let reason) = outcome else { return nil }
    return reason
  }

  /// Tries both on one page of our own: a container's seccomp filter shows in no table.
  private func probeMemory() -> (binding: String?, census: String?) {
    let bytes = Self.pageBytes
    guard
      let page = unsafe mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe page != MAP_FAILED
    else {
      return ("no page for the probe (errno \(errno))", "no page for the probe (errno \(errno))")
    }
    defer { unsafe munmap(page, bytes) }
    var binding: String?
    var census: String?
    do throws(TopologyError) {
      let node = allowedNodes.first.map { NodeSet([$0]) } ?? []
      try unsafe bindMemory(
        at: page, byteCount: bytes, to: MemoryBinding(policy: .bind, nodes: node))
    } catch {
      binding = error.description
    }
    unsafe page.storeBytes(of: 1, as: UInt8.self)
    do throws(TopologyError) {
      let count = try unsafe PageCensus(of: page, byteCount: bytes)
      if count.pagesByNode.isEmpty { census = "the kernel does not say where a page lies" }
    } catch {
      census = error.description
    }
    return (binding, census)
  }
}
