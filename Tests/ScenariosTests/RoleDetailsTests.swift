// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing
import Topology
import Transport

@testable import Scenarios

@Suite struct RoleDetailsTests {
  private static func direction(_ store: String, customers: Int) throws -> Direction {
    let machine = try Machine.current()
    let parts = PlacementRequest.parts(producer: "core:0", customer: "core:0", segment: "producer")
    guard case .seated(let seating) = try Seating.resolve(parts, on: machine) else {
      throw LaunchError(.placement, "no seat on core:0")
    }
    let cell = SampleCell.make(store: store, size: ByteCount(64), depth: 8, customers: customers)
    return try Direction(cell, customers: customers, seating, machine)
  }

  @Test(arguments: [("shm", 1), ("shm", 3), ("queue", 1), ("queue", 3)])
  func descriptorsAreHandedOutInTheOrderTheyAreInherited(store: String, customers: Int) throws {
    let there = try Self.direction(store, customers: customers)
    let back = try Self.direction(store, customers: 1)
    let details = RoleDetails(
      sends: there.sending.sends, receives: back.receiving(0).receives)
    let count = details.descriptors.count
    // The segment and a promise on either side, and with a queue the doorbell and a channel per customer.
    let queue = store == "queue"
    #expect(there.sending.descriptors.count == (queue ? 3 + customers : 2))
    #expect(back.receiving(0).descriptors.count == (queue ? 4 : 2))
    let numbers = (0..<count).map { CInt(5 + $0) }
    let renumbered = try details.renumbered(numbers)
    #expect(renumbered.descriptors == numbers)
    let sending = there.sending.descriptors.count
    #expect(renumbered.sends.first?.descriptors == Array(numbers[..<sending]))
    #expect(renumbered.receives.first?.descriptors == Array(numbers[sending...]))
    #expect(renumbered.receives.first?.index == details.receives.first?.index)
  }

  @Test func missingOrSurplusDescriptorsAreRefused() throws {
    let details = try Self.direction("queue", customers: 2).sending
    let count = details.descriptors.count
    for wrong in [0, count - 1, count + 1] {
      let error = #expect(throws: LaunchError.self) {
        try details.renumbered(Array(repeating: 9, count: wrong))
      }
      #expect(error?.code == .protocolViolation)
    }
  }

  @Test func aCustomerEachHasItsOwnPlace() throws {
    let direction = try Self.direction("shm", customers: 3)
    let places = (0..<3).compactMap { direction.receiving($0).receives.first?.index }
    #expect(Set(places).count == 3)
  }
}
