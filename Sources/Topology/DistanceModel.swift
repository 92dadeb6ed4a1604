// SPDX-License-Identifier: Apache-2.0

/// What placements should cost by the machine's NUMA distances alone: a model, not measured.
///
/// The distance matrix (ACPI SLIT) gives what an access costs relative to 10, a local one. A hand-over
/// is counted in line transfers, each of which costs its distance:
///
/// - Latency. The customer asks the memory's home for the line, the home asks the producer's cache,
///   and the line goes from there to the customer, as in a directory protocol (Lenoski et al., "The
///   directory-based cache coherence protocol for the DASH multiprocessor", ISCA 1990):
///   `(d(customer, home) + d(home, producer) + d(producer, customer)) / (3 · local)`.
///   Under one L3, and on one core, the line does not go by its home: 1.
/// - Bandwidth. A large message is written to its home and read from there:
///   `2 · local / (d(producer, home) + d(customer, home))`.
///
/// 1 is a hand-over within one node. Distances say nothing about caches, contention or prefetching, so
/// pairs within a node are all 1, and a ratio is a direction, not a forecast.
public struct DistanceModel: Sendable {
  /// Whether the machine gave no matrix, so that 10 within and 20 between nodes are taken, ACPI's
  /// defaults.
  public let isAssumed: Bool
  private let distances: NUMADistances?

  /// What an access within a node costs in a distance matrix.
  public static let local = 10
  /// What an access to another node costs where nobody says.
  public static let assumedRemote = 20

  public init(_ machine: Machine) {
    distances = machine.distances
    isAssumed = machine.distances == nil && machine.numaNodes.count > 1
  }

  /// From a node to another, by logical index; nil, a PU outside of every node, is remote to all.
  func distance(_ from: Int?, _ to: Int?) -> Double {
    guard let from, let to else { return Double(Self.assumedRemote) }
    let fallback = from == to ? Self.local : Self.assumedRemote
    return Double(distances?.distance(from: from, to: to) ?? fallback)
  }

  /// A hand-over's latency relative to one within a node; nil where both ends share a PU: then they
  /// take turns, which no distance tells.
  public func relativeLatency(of one: PlacementClass) -> Double? {
    switch one.pair.nearness {
    case .samePU: return nil
    case .sameCore, .sameL3: return 1
    case .sameNode, .crossNode, .spread:
      let nodes = one.nodes
      let hops =
        distance(nodes.customer, nodes.home) + distance(nodes.home, nodes.producer)
        + distance(nodes.producer, nodes.customer)
      return hops / Double(3 * Self.local)
    }
  }

  /// A stream's bandwidth relative to one within a node.
  public func relativeBandwidth(of one: PlacementClass) -> Double {
    let nodes = one.nodes
    let ways = distance(nodes.producer, nodes.home) + distance(nodes.customer, nodes.home)
    return Double(2 * Self.local) / ways
  }
}
