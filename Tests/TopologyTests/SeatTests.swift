// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct SeatTests {
  @Test(arguments: [
    ("core:0", "0-1", "0"), ("core:15", "30-31", "3"), ("pu:1", "1", "0"), ("numa:1", "8-15", "1"),
    ("package:1", "16-31", "2-3"), ("package:1.core:3", "22-23", "2"),
    ("numa:0.core:last", "6-7", "0"), ("core:first", "0-1", "0"), ("core:last", "30-31", "3"),
    ("any", "0-31", "0-3"), ("pu:*", "0-31", "0-3"), ("package:1.numa:1", "24-31", "3"),
    ("package:0.pu:*", "0-15", "0-1"), ("package:1.numa:0.core:1.pu:1", "19", "2"),
    ("package:last.numa:last.core:last.pu:last", "31", "3"),
  ])
  func findsThePlace(text: String, cpus: String, nodes: String) throws {
    let seat = try Machine(synthetic: Shape.twoByTwo).seat(text)
    #expect(seat.expression == text)
    #expect(seat.cpuset.list == cpus && seat.nodeset.list == nodes)
    #expect(seat.homeNode == (seat.nodeset.count == 1 ? seat.nodeset.first : nil))
    #expect(seat.note == nil)
  }

  @Test func indicesAreLogicalAndCPUsAreTheKernels() throws {
    let machine = try Machine(synthetic: Shape.smtByHalves)
    #expect(try machine.seat("pu:1").cpuset == [4])
    #expect(try machine.seat("core:1").cpuset == [1, 5])
    #expect(try machine.seat("package:1.core:0").cpuset == [2, 6])
  }

  @Test(arguments: [
    (Shape.oneNode, "package:0", TopologyError.Code.noSuchKind, "this machine has numa, core, pu"),
    (Shape.oneNode, "l3:0", .noSuchKind, "no L3 cache"),
    (Shape.noCores, "core:0", .noSuchKind, "package, numa, pu"),
    (Shape.oneNode, "core:2", .indexOutOfRange, "only core:0 to core:1"),
    (Shape.oneNode, "numa:1", .indexOutOfRange, "only numa:0;"),
    (Shape.twoByTwo, "package:1.core:8", .indexOutOfRange, "package:1 has only core:0 to core:7"),
    (Shape.twoByTwo, "core:0.numa:0", .noSuchKind, "not inside core:0"),
    (Shape.twoByTwo, "core", .malformed(position: 1), "write core:0"),
  ])
  func namesWhatTheMachineHasInstead(
    shape: String, text: String, expected: TopologyError.Code, remedy: String
  ) throws {
    let machine = try Machine(synthetic: shape)
    #expect(code(of: { try machine.seat(text) }) == expected)
    let line = message(of: { try machine.seat(text) })
    #expect(line.contains(remedy), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func forbiddenPlacesAreRefusedAndHalfForbiddenOnesNoted() throws {
    let machine = try machine(Shape.twoByTwo, allowedMask: "0x0000ff0e")
    #expect(code(of: { try machine.seat("numa:2") }) == .notAllowed)
    #expect(message(of: { try machine.seat("pu:0") }).contains("may use CPU 1-3,8-15"))
    let half = try machine.seat("core:0")
    #expect(half.cpuset == [1] && half.note == "CPU 0 of core:0 is forbidden here")
    #expect(try machine.seat("any").cpuset == machine.allowedCPUs)
    #expect(try machine.anySeat().note == nil)
    #expect(try machine.seat("core:4").note == nil)
  }

  @Test func aNodeWithoutCPUsIsNoSeat() throws {
    let machine = try machineWithCPULessNode()
    let index = try #require(machine.nodesWithoutCPUs.first?.logicalIndex)
    #expect(code(of: { try machine.seat("numa:\(index)") }) == .noCPUs)
    #expect(message(of: { try machine.seat("numa:\(index)") }).contains("sit on numa:"))
    #expect(try machine.seat("package:1.numa:0").cpuset == [2, 3])
  }

  @Test func memoryBesideANodeIsNoSeatOfItsOwn() throws {
    let machine = try Machine(
      synthetic: "package:2 [numa(memory=4GB)] [numa(memory=1GB)] core:2 pu:1")
    #expect(machine.nodesWithoutCPUs.map(\.logicalIndex) == [1, 3])
    #expect(try machine.seat("package:0").homeNode == 0)
    #expect(try machine.seat("package:1.numa:0").homeNode == 2)
    #expect(code(of: { try machine.seat("numa:1") }) == .noCPUs)
  }

  @Test func readsInTablesAndJSON() throws {
    let seat = try Machine(synthetic: Shape.smtByHalves).seat("core:1")
    #expect("\(seat)" == "core:1 (CPUs 1,5; node 0)")
    let data = try JSONEncoder().encode(seat)
    #expect(try JSONDecoder().decode(Seat.self, from: data) == seat)
    #expect(String(decoding: data, as: UTF8.self).contains("\"note\":null"))
  }

  @Test func everyObjectOfThisSystemIsASeatOrSaysWhyNot() throws {
    let machine = try Machine.current()
    for kind in ObjectKind.allCases {
      for object in machine.objects(of: kind) {
        do {
          let seat = try machine.seat(object.expression)
          #expect(seat.cpuset == object.cpuset.intersection(machine.allowedCPUs))
        } catch {
          #expect([.notAllowed, .noCPUs].contains(error.code))
        }
      }
    }
  }
}
