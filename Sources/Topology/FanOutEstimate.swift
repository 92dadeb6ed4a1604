// SPDX-License-Identifier: Apache-2.0

/// What it costs to bring one message to customers on several nodes, with and without a replica of
/// the segment on each node: a model, not measured.
///
/// Costs are of one cache line of the message, in transfers within a node (distance 10), by the
/// distances of ``DistanceModel``:
///
///     direct     = d(producer, home)/10 + Σ nodes  readers(node) · d(node, home)/10
///     replicated = d(producer, home)/10
///                + Σ nodes but home  ( d(node, home)/10 + 1 )      the copy: read there, written here
///                + Σ nodes           readers(node) · 1             everybody reads at home
///
/// `readers(node)` is the number of customers on the node, or where they share its caches perfectly,
/// the number of its L3 caches (one where none is described, at most one a customer): the first reads the line for its neighbours.
/// The truth lies between the two, nearer to the latter the more in step the customers are.
///
/// A replica is worth it where `replicated < direct`: for `r` readers on a node at distance d of its
/// home, when `r · (d − 10) > d + 10`.
public struct FanOutEstimate: Hashable, Sendable, Codable {
  /// One way to bring a message to all.
  public struct Cost: Hashable, Sendable, Codable {
    /// Line transfers of all ends together, each by its distance, per line of the message.
    public let work: Double
    /// Lines that cross from one node to another per line of the message: what loads the links.
    public let crossings: Int
    /// Transfers one after another until the farthest customer has a line.
    public let depth: Double
    public let segments: Int

    enum CodingKeys: String, CodingKey {
      case work = "local_line_transfers"
      case crossings = "node_crossings"
      case depth = "local_line_transfers_in_a_row"
      case segments
    }
  }

  /// Customers by logical index of their node.
  public let customersByNode: [Int: Int]
  public let direct: Cost
  public let replicated: Cost

  enum CodingKeys: String, CodingKey {
    case customersByNode = "customers_by_node"
    case direct, replicated
  }

  /// How much less the replicas make all ends work together; below 1 they are not worth it.
  public var gain: Double { direct.work / replicated.work }

  /// - Parameters:
  ///   - producer: the logical index of the producer's node; nil outside of every node.
  ///   - home: the logical index of the node whose memory the producer writes to.
  ///   - customersByNode: customers by logical index of their node, counts above 0.
  ///   - sharesCaches: whether customers under one L3 read a line from memory once.
  public init(
    _ machine: Machine, producer: Int?, home: Int, customersByNode: [Int: Int], sharesCaches: Bool
  ) {
    self.customersByNode = customersByNode
    let model = DistanceModel(machine)
    func cost(_ from: Int?, _ to: Int) -> Double {
      model.distance(from, to) / Double(DistanceModel.local)
    }
    let nodes = customersByNode.filter { $0.value > 0 }
    let readers = nodes.reduce(into: [Int: Int]()) { result, entry in
      let caches = max(Self.l3Count(machine, node: entry.key), 1)
      result[entry.key] = sharesCaches ? min(entry.value, caches) : entry.value
    }
    let written = cost(producer, home)
    let others = nodes.keys.filter { $0 != home }
    let crossesToWrite = producer == home ? 0 : 1
    direct = Cost(
      work: written
        + readers.sorted { $0.key < $1.key }.reduce(0) {
          $0 + Double($1.value) * cost($1.key, home)
        },
      crossings: crossesToWrite + others.reduce(0) { $0 + (readers[$1] ?? 0) },
      depth: written + (nodes.keys.map { cost($0, home) }.max() ?? 0), segments: 1)
    let copies = others.sorted().reduce(0) { $0 + cost($1, home) + 1 }
    replicated = Cost(
      work: written + copies + Double(readers.values.reduce(0, +)),
      crossings: crossesToWrite + others.count,
      depth: written + (others.map { cost($0, home) + 1 }.max() ?? 0) + (nodes.isEmpty ? 0 : 1),
      segments: 1 + others.count)
  }

  private static func l3Count(_ machine: Machine, node: Int) -> Int {
    let cpus = machine.numaNodes[node].cpuset
    return machine.l3Caches.count { !$0.cpuset.isDisjoint(with: cpus) }
  }
}

extension Machine {
  /// Customers by node when each takes an allowed PU in logical order, and begins again when all are
  /// taken.
  public func spread(customers: Int) -> [Int: Int] {
    let atlas = PlacementAtlas(self)
    let nodes = atlas.points.sorted { $0.key < $1.key }.map(\.value.node)
    guard !nodes.isEmpty else { return [:] }
    let (rounds, rest) = customers.quotientAndRemainder(dividingBy: nodes.count)
    var counts: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard let node else { continue }
      let share = rounds + (index < rest ? 1 : 0)
      if share > 0 { counts[node, default: 0] += share }
    }
    return counts
  }
}
