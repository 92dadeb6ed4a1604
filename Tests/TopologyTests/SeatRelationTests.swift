// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct SeatRelationTests {
  @Test(arguments: [
    ("pu:0", "pu:0", SeatRelation.samePU), ("pu:0", "pu:1", .sameCore),
    ("core:0", "core:0", .sameCore), ("core:0", "core:1", .sameL3), ("l3:0", "l3:0", .sameL3),
    ("core:0", "core:2", .sameNode), ("numa:0", "numa:0", .sameNode),
    ("core:0", "core:8", .crossNode), ("numa:0", "numa:1", .crossNode),
    ("any", "core:0", .spread), ("any", "any", .spread),
  ])
  func isTheSmallestPartThatHoldsBoth(
    first: String, second: String, expected: SeatRelation
  ) throws {
    let machine = try Machine(synthetic: Shape.chiplets)
    let (left, right) = (try machine.seat(first), try machine.seat(second))
    #expect(machine.relation(left, right) == expected)
    #expect(machine.relation(right, left) == expected)
    #expect(!machine.describeRelation(left, right).isEmpty)
  }

  @Test func anL3WiderThanANodeDoesNotHideTheNodes() throws {
    let machine = try Machine(synthetic: "package:1 l3:1 numa:2 core:2 pu:1")
    let (left, right) = (try machine.seat("core:0"), try machine.seat("core:2"))
    #expect(machine.relation(left, right) == .crossNode)
  }

  @Test func crossNodeTellsTheDistanceWhereItIsKnown() throws {
    let machine = try machine(Shape.smtByHalves, distances: [[10, 21], [21, 10]])
    let (left, right) = (try machine.seat("numa:0"), try machine.seat("numa:1"))
    #expect(
      machine.describeRelation(left, right) == "cross node (distance 21, other package)")
    let unknown = try Machine(synthetic: "numa:2 core:1 pu:1")
    #expect(
      unknown.describeRelation(try unknown.seat("numa:0"), try unknown.seat("numa:1"))
        == "cross node")
  }
}
