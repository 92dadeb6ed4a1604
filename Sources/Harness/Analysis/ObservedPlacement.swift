// SPDX-License-Identifier: Apache-2.0
public import Topology

/// Where workers and memory were seen to be, after the first touch and at the end.
public struct ObservedPlacement: Codable, Hashable, Sendable {
  /// CPUs on which each end was seen, sorted.
  public var producerCPUs: [Int]
  public var customerCPUs: [Int]
  /// Pages of the segment by NUMA node; nil where the store has no segment or it cannot be asked.
  public var segmentPagesByNode: [String: Int]?
  /// Bytes of the segment in the producer's page table, and of these in huge pages; nil as above.
  public var segmentPageSizes: PageSizes?
  /// CPUs on which the relays of replicas were seen, sorted, and the replicas' pages by node; nil for a
  /// cell without replicas.
  public var relayCPUs: [Int]?
  public var replicaPagesByNode: [String: Int]?
  /// Whether what was seen is what was asked; nil when it could not be checked.
  public var verified: Bool?
  /// What was wrong; nil when nothing was.
  public var mismatch: String?

  enum CodingKeys: String, CodingKey {
    case producerCPUs = "producer_cpus"
    case customerCPUs = "customer_cpus"
    case segmentPagesByNode = "segment_pages_by_node"
    case segmentPageSizes = "segment_page_sizes"
    case relayCPUs = "relay_cpus"
    case replicaPagesByNode = "replica_pages_by_node"
    case verified, mismatch
  }

  public init(
    producerCPUs: [Int], customerCPUs: [Int], segmentPagesByNode: [String: Int]? = nil,
    segmentPageSizes: PageSizes? = nil, relayCPUs: [Int]? = nil,
    replicaPagesByNode: [String: Int]? = nil, verified: Bool?, mismatch: String? = nil
  ) {
    self.producerCPUs = producerCPUs
    self.customerCPUs = customerCPUs
    self.segmentPagesByNode = segmentPagesByNode
    self.segmentPageSizes = segmentPageSizes
    self.relayCPUs = relayCPUs
    self.replicaPagesByNode = replicaPagesByNode
    self.verified = verified
    self.mismatch = mismatch
  }

  /// What a cell saw over several launches: all CPUs; verified only if every launch was.
  public func merged(with other: ObservedPlacement) -> ObservedPlacement {
    let verdict: Bool? =
      if verified == false || other.verified == false {
        false
      } else if let verified, let also = other.verified { verified && also } else { nil }
    return ObservedPlacement(
      producerCPUs: Set(producerCPUs).union(other.producerCPUs).sorted(),
      customerCPUs: Set(customerCPUs).union(other.customerCPUs).sorted(),
      segmentPagesByNode: Self.sum(segmentPagesByNode, other.segmentPagesByNode),
      segmentPageSizes: Self.least(segmentPageSizes, other.segmentPageSizes),
      relayCPUs: relayCPUs.map { Set($0).union(other.relayCPUs ?? []).sorted() } ?? other.relayCPUs,
      replicaPagesByNode: Self.sum(replicaPagesByNode, other.replicaPagesByNode),
      verified: verdict, mismatch: mismatch ?? other.mismatch)
  }

  private static func sum(_ one: [String: Int]?, _ other: [String: Int]?) -> [String: Int]? {
    guard let one, let other else { return one ?? other }
    return one.merging(other, uniquingKeysWith: +)
  }

  /// The one with the smaller share in huge pages: what a cell can claim of all its launches.
  private static func least(_ one: PageSizes?, _ other: PageSizes?) -> PageSizes? {
    guard let one, let other else { return one ?? other }
    return other.hugeShare < one.hugeShare ? other : one
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(producerCPUs, forKey: .producerCPUs)
    try values.encode(customerCPUs, forKey: .customerCPUs)
    try values.encode(segmentPagesByNode, forKey: .segmentPagesByNode)
    try values.encode(segmentPageSizes, forKey: .segmentPageSizes)
    try values.encode(relayCPUs, forKey: .relayCPUs)
    try values.encode(replicaPagesByNode, forKey: .replicaPagesByNode)
    try values.encode(verified, forKey: .verified)
    try values.encode(mismatch, forKey: .mismatch)
  }
}
