// SPDX-License-Identifier: Apache-2.0
import Testing
import Topology

@testable import Harness

/// Which customers read a replica, where it lies, and who feeds it.
@Suite struct NodeShareTests {
  private static let twoNodes = "package:2 numa:1 l3:1 core:4 pu:1"

  private func shares(
    _ customer: String, _ count: Int, producer: String = "core:0", segment: String = "producer",
    on description: String = twoNodes
  ) throws -> NodeShareOutcome {
    let machine = try Machine(synthetic: description)
    let request = PlacementRequest.parts(producer: producer, customer: customer, segment: segment)
    guard case .seated(let seating) = try Seating.resolve(request, on: machine) else {
      throw LaunchError(.placement, "no seats")
    }
    return seating.shares(ofCustomers: count, on: machine)
  }

  private func shared(_ outcome: NodeShareOutcome) throws -> [NodeShare] {
    guard case .shared(let shares) = outcome else { throw LaunchError(.placement, "\(outcome)") }
    return shares
  }

  private func reason(_ outcome: NodeShareOutcome) -> String {
    guard case .unavailable(let reason) = outcome else { return "" }
    return reason
  }

  @Test func customersOnAnotherNodeReadItsReplica() throws {
    let shares = try shared(try shares("numa:1", 3))
    #expect(shares.count == 1)
    let share = try #require(shares.first)
    #expect(share.node == 1 && share.customers == [0, 1, 2])
    #expect(share.seating.customer.cpuset == [4, 5, 6, 7])
    #expect(share.seating.memory.policy == .bind && share.seating.memory.nodes == [1])
    // The customers may use all of the node, so the relay does too.
    #expect(share.relay?.cpuset == [4, 5, 6, 7])
  }

  @Test func theRelayTakesWhatIsIdleThere() throws {
    let share = try #require(try shared(try shares("numa:1.core:0", 2)).first)
    #expect(share.seating.customer.cpuset == [4])
    #expect(share.relay?.cpuset == [5, 6, 7])
    #expect(share.seating.producer == share.relay)
    let beside = try shared(
      try shares("numa:1.core:0", 1, producer: "numa:1.core:1", segment: "node:0"))
    #expect(beside[0].relay?.cpuset == [6, 7], "not on the producer's CPU")
  }

  @Test func customersTakeTheNodesInTurn() throws {
    let shares = try shared(try shares("any", 5))
    #expect(shares.map(\.node) == [0, 1])
    #expect(shares.map(\.customers) == [[0, 2, 4], [1, 3]])
    #expect(shares.map(\.seating.customer.cpuset) == [[0, 1, 2, 3], [4, 5, 6, 7]])
    #expect(shares[0].relay == nil && shares[0].seating.memory.nodes == [0])
    #expect(shares[1].relay != nil && shares[1].seating.memory.nodes == [1])
  }

  /// One relay for a node, as many as there are nodes but the segment's.
  @Test func eightNodesHaveSevenRelays() throws {
    let shares = try shared(
      try shares("any", 512, segment: "node:3", on: "numa:8 core:64 pu:1"))
    #expect(shares.count == 8 && shares.count { $0.relay == nil } == 1)
    #expect(shares.allSatisfy { $0.customers.count == 64 })
    #expect(shares[3].relay == nil)
  }

  @Test func whatCannotBeReplicatedSaysWhy() throws {
    let oneNode = try shares("core:1", 2, on: "package:1 numa:1 core:4 pu:1")
    #expect(reason(oneNode).contains("this machine has one NUMA node"))
    #expect(reason(try shares("numa:0", 2)).contains("every customer sits on node 0"))
    #expect(reason(try shares("any", 1)).contains("every customer sits on node 0"))
    for home in ["interleave", "first-touch"] {
      let text = reason(try shares("numa:1", 2, segment: home))
      #expect(text.contains("home is \(home)") && text.contains("segment: node:0"), "\(text)")
    }
  }

  /// A node without CPUs has no customers; its memory may be the segment's home.
  @Test func aNodeOfMemoryAloneIsAHomeAndNoShare() throws {
    let expander = "package:2 [numa(memory=4GB)] [numa(memory=8GB)] core:2 pu:1"
    let shares = try shared(try shares("any", 4, segment: "node:1", on: expander))
    #expect(shares.allSatisfy { $0.relay != nil }, "nobody sits on the segment's node")
    #expect(shares.map(\.customers) == [[0, 2], [1, 3]])
  }
}
