// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Topology

@Suite struct MachineRoomTests {
  private let meminfo = """
    Node 1 MemTotal:         385280 kB
    Node 1 MemFree:           65536 kB
    Node 1 Inactive(anon):     9999 kB
    Node 1 Inactive(file):     1024 kB

    """

  @Test func freeMemoryAndIdleFilePagesAreRoom() {
    #expect(Machine.freeBytes(meminfo: meminfo) == (65_536 + 1_024) << 10)
    #expect(Machine.freeBytes(meminfo: "Node 1 MemTotal: 5 kB\n") == nil)
    #expect(Machine.freeBytes(meminfo: "Node 1 MemFree: many kB\n") == nil)
    #expect(Machine.freeBytes(ofNode: NodeSet.maximumIndex) == nil)
  }

  @Test(
    .enabled(if: Here.machine.flatMap { $0.allowedNodes.first }.flatMap(Machine.freeBytes) != nil))
  func whatDoesNotFitIsRefusedWithNumbers() throws {
    let machine = try Machine.current()
    let node = try #require(machine.allowedNodes.first)
    for policy in [MemoryBinding.Policy.bind, .interleave] {
      let binding = MemoryBinding(policy: policy, nodes: [node])
      let petabyte = 1 << 50
      #expect(code(of: { try machine.checkRoom(for: petabyte, under: binding) }) == .noRoom)
      let text = message(of: { try machine.checkRoom(for: petabyte, under: binding) })
      #expect(text.contains("node \(node) has") && text.contains("lower the size"))
      #expect(code(of: { try machine.checkRoom(for: Machine.pageBytes, under: binding) }) == nil)
    }
  }

  @Test func firstTouchAndOtherMachinesAskForNoRoom() throws {
    let machine = try Machine.current()
    let petabyte = 1 << 50
    let anywhere = MemoryBinding(policy: .firstTouch, nodes: machine.allowedNodes)
    #expect(code(of: { try machine.checkRoom(for: petabyte, under: anywhere) }) == nil)
    let bound = MemoryBinding(policy: .bind, nodes: [0])
    let described = try Machine(synthetic: Shape.twoByTwo)
    #expect(code(of: { try described.checkRoom(for: petabyte, under: bound) }) == nil)
    // A node that the kernel does not have cannot be full.
    let absent = MemoryBinding(policy: .bind, nodes: [NodeSet.maximumIndex])
    #expect(code(of: { try machine.checkRoom(for: petabyte, under: absent) }) == nil)
  }
}
