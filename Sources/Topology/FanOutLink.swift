// SPDX-License-Identifier: Apache-2.0

/// What a message to customers on several nodes puts on one link between two of them, with and without
/// replicas: a model, not measured.
public struct FanOutLink: Hashable, Sendable, Codable {
  /// Logical indices of the nodes that the message goes from and to; nil for a producer outside of every
  /// node.
  public let from: Int?
  public let to: Int
  /// As in the machine's distance matrix: 10 within a node.
  public let distance: Double
  /// How often the whole message crosses: once per reader over there, or once for its replica.
  public let directCrossings: Int
  public let replicatedCrossings: Int

  enum CodingKeys: String, CodingKey {
    case from, to, distance
    case directCrossings = "direct_crossings"
    case replicatedCrossings = "replicated_crossings"
  }

  /// Unknown is written as null.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(from, forKey: .from)
    try values.encode(to, forKey: .to)
    try values.encode(distance, forKey: .distance)
    try values.encode(directCrossings, forKey: .directCrossings)
    try values.encode(replicatedCrossings, forKey: .replicatedCrossings)
  }

  /// Links that carry alike, which is all of a machine's that are equally far in most cases.
  public struct Group: Hashable, Sendable {
    /// The first of them.
    public let first: FanOutLink
    public let count: Int
  }

  /// Counts links of equal distance and load, those with the largest load first.
  public static func grouped(_ links: [FanOutLink]) -> [Group] {
    let alike = Dictionary(grouping: links) {
      [$0.distance, Double($0.directCrossings), Double($0.replicatedCrossings)]
    }
    return alike.values.compactMap { group in
      let first = group.min { ($0.from ?? -1, $0.to) < ($1.from ?? -1, $1.to) }
      return first.map { Group(first: $0, count: group.count) }
    }
    .sorted {
      ($1.first.directCrossings, $0.first.distance, $0.first.to)
        < ($0.first.directCrossings, $1.first.distance, $1.first.to)
    }
  }
}

extension FanOutLink {
  /// Bytes that one message of a size puts on the link.
  public func bytes(ofMessage byteCount: Int, replicated: Bool) -> Double {
    Double(replicated ? replicatedCrossings : directCrossings) * Double(byteCount)
  }

  /// What moving these takes relative to a byte within a node: so many of those take as long.
  public func time(ofMessage byteCount: Int, replicated: Bool) -> Double {
    bytes(ofMessage: byteCount, replicated: replicated) * distance / Double(DistanceModel.local)
  }
}
