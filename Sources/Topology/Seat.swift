// SPDX-License-Identifier: Apache-2.0

/// A place on a machine where a thread or process can be bound: an expression, resolved.
public struct Seat: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The expression that was resolved.
  public let expression: String

  /// The allowed CPUs of the place; never empty.
  public let cpuset: CPUSet

  /// The NUMA nodes (kernel numbers) near these CPUs: one where the seat lies within a node.
  public let nodeset: NodeSet

  /// The kernel's number of the one node near all of these CPUs; nil when they span nodes.
  public let homeNode: Int?

  /// What a reader should know, such as that part of the place is forbidden here.
  public let note: String?

  private enum CodingKeys: String, CodingKey {
    case expression, cpuset, nodeset, note
    case homeNode = "home_node"
  }

  public init(
    expression: String, cpuset: CPUSet, nodeset: NodeSet, homeNode: Int?, note: String? = nil
  ) {
    self.expression = expression
    self.cpuset = cpuset
    self.nodeset = nodeset
    self.homeNode = homeNode
    self.note = note
  }

  /// Unknown is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(expression, forKey: .expression)
    try container.encode(cpuset, forKey: .cpuset)
    try container.encode(nodeset, forKey: .nodeset)
    try container.encode(homeNode, forKey: .homeNode)
    try container.encode(note, forKey: .note)
  }

  /// Such as "core:0 (CPUs 0,16; node 0)".
  public var description: String {
    let word = cpuset.count == 1 ? "CPU" : "CPUs"
    let nodes = nodeset.isEmpty ? "" : "; \(nodeset.count == 1 ? "node" : "nodes") \(nodeset)"
    return "\(expression) (\(word) \(cpuset)\(nodes))"
  }
}
