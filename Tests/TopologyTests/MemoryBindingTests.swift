// SPDX-License-Identifier: Apache-2.0

import CNuma
import Foundation
import Glibc
import Testing

@testable import Topology

@Suite struct MemoryBindingTests {
  private func resolve(_ home: MemoryHome, _ machine: Machine) throws -> MemoryBinding {
    let cores = (try machine.seat("core:0"), try machine.seat("core:last"))
    return try machine.resolve(home, producer: cores.0, customer: cores.1)
  }

  @Test(arguments: [
    (MemoryHome.firstTouch, MemoryBinding.Policy.firstTouch, "0-3"), (.node(2), .bind, "2"),
    (.interleave, .interleave, "0-3"), (.producer, .bind, "0"), (.customer, .bind, "3"),
  ])
  func resolvesAgainstTheSeats(
    home: MemoryHome, policy: MemoryBinding.Policy, nodes: String
  ) throws {
    let binding = try resolve(home, Machine(synthetic: Shape.twoByTwo))
    #expect(binding.policy == policy && binding.nodes.list == nodes)
  }

  @Test func nodesThatAreMissingOrEmptyAreRefused() throws {
    let machine = try Machine(synthetic: Shape.oneNode)
    #expect(code(of: { try resolve(.node(1), machine) }) == .noSuchNode)
    #expect(message(of: { try resolve(.node(1), machine) }).contains("only node:0;"))
    let larger = try Machine(synthetic: Shape.twoByTwo)
    #expect(message(of: { try resolve(.node(9), larger) }).contains("node:0 to node:3"))
    let memoryless = try memorylessMachine()
    #expect(code(of: { try resolve(.node(0), memoryless) }) == .noMemory)
    #expect(message(of: { try resolve(.producer, memoryless) }).contains("use node:1"))
    #expect(try resolve(.interleave, memoryless).nodes == [1])
  }

  /// Two nodes, of which the first has CPUs but no memory.
  private func memorylessMachine() throws -> Machine {
    try machine("package:2 [numa(memory=4GB)] core:2 pu:1") { xml in
      guard let range = xml.range(of: "local_memory=\"4000000000\"") else { return xml }
      return xml.replacingCharacters(in: range, with: "local_memory=\"0\"")
    }
  }

  @Test func forbiddenNodesAreRefused() throws {
    let machine = try machine(Shape.twoByTwo) {
      $0.replacingOccurrences(
        of: "allowed_nodeset=\"0x0000000f\"", with: "allowed_nodeset=\"0x00000003\"")
    }
    #expect(machine.allowedNodes == [0, 1])
    #expect(code(of: { try resolve(.node(2), machine) }) == .notAllowed)
    #expect(try resolve(.interleave, machine).nodes == [0, 1])
  }

  @Test func aNodeWithoutCPUsIsAHome() throws {
    let machine = try machineWithCPULessNode()
    let node = try #require(machine.nodesWithoutCPUs.first)
    let binding = try resolve(.node(node.logicalIndex), machine)
    #expect(binding.nodes == node.nodeset && binding.policy == .bind)
  }

  @Test(arguments: Shape.all)
  func describedMachinesRefuseToBind(shape: String) throws {
    let machine = try Machine(synthetic: shape)
    let nodes = machine.numaNodes[0].nodeset
    try withPages(1) { base, bytes in
      let binding = MemoryBinding(policy: .bind, nodes: nodes)
      #expect(
        code(of: { try machine.bindMemory(at: base, byteCount: bytes, to: binding) })
          == .describedMachine)
      let verdict = machine.verifyMemory(at: base, byteCount: bytes, against: binding)
      guard case .unavailable = verdict else {
        Issue.record("\(verdict)")
        return
      }
    }
    #expect(code(of: { try machine.bindCurrentThread(to: [0]) }) == .describedMachine)
  }

  @Test(.enabled(if: Here.canBindMemory && Here.canCount, "memory policy is not available here"))
  func pagesLieOnEachNodeAskedFor() throws {
    let machine = try Machine.current()
    for node in machine.numaNodes
    where node.memoryBytes != 0 && node.nodeset.isSubset(of: machine.allowedNodes) {
      let seat = try machine.anySeat()
      let binding = try machine.resolve(
        .node(node.logicalIndex), producer: seat, customer: seat)
      try withPages(64) { base, bytes in
        try machine.bindMemory(at: base, byteCount: bytes, to: binding)
        #expect(try MemoryPolicy.ofPage(at: base) == MemoryPolicy(mode: .bind, nodes: node.nodeset))
        touch(base, bytes)
        let census = try PageCensus(of: base, byteCount: bytes)
        #expect(census.nodes == node.nodeset && census.pagesByNode.values.reduce(0, +) == 64)
        #expect(machine.verifyMemory(at: base, byteCount: bytes, against: binding) == .verified)
      }
    }
  }

  @Test(.enabled(if: Here.canBindMemory && Here.canCount, "memory policy is not available here"))
  func interleaveAndFirstTouchAreApplied() throws {
    let machine = try Machine.current()
    let seat = try machine.anySeat()
    let spread = try machine.resolve(.interleave, producer: seat, customer: seat)
    try withPages(64) { base, bytes in
      try machine.bindMemory(at: base, byteCount: bytes, to: spread)
      #expect(try MemoryPolicy.ofPage(at: base).mode == .interleave)
      touch(base, bytes)
      #expect(try PageCensus(of: base, byteCount: bytes).nodes == spread.nodes)
    }
    let first = try machine.resolve(.firstTouch, producer: seat, customer: seat)
    try withPages(1) { base, bytes in
      try machine.bindMemory(at: base, byteCount: bytes, to: first)
      touch(base, bytes)
      guard case .unavailable = machine.verifyMemory(at: base, byteCount: bytes, against: first)
      else {
        Issue.record("first touch asks for no node")
        return
      }
    }
  }

  @Test(.enabled(if: Here.canBindMemory, "memory policy is not available here"))
  func rangesThatCannotBeBoundAreRefused() throws {
    let machine = try Machine.current()
    let binding = MemoryBinding(policy: .bind, nodes: [try #require(machine.allowedNodes.first)])
    try withPages(2) { base, bytes in
      for (start, length) in [(base + 1, bytes), (base, bytes - 1), (base, 0), (base, -4096)] {
        #expect(
          code(of: { try machine.bindMemory(at: start, byteCount: length, to: binding) })
            == .unaligned)
      }
      for nodes in [NodeSet(), NodeSet([NodeSet.maximumIndex])] {
        let absent = MemoryBinding(policy: .bind, nodes: nodes)
        #expect(
          code(of: { try machine.bindMemory(at: base, byteCount: bytes, to: absent) })
            == .noSuchNode)
      }
    }
    // A page that is no longer mapped.
    let gone = try withPages(1) { base, _ in base }
    let failure = code(of: {
      try machine.bindMemory(at: gone, byteCount: Machine.pageBytes, to: binding)
    })
    #expect(failure == .system(errno: EFAULT) || failure == .system(errno: ENOMEM))
  }

  @Test(.enabled(if: Here.canBindMemory, "memory policy is not available here"))
  func whatTheKernelRejectsIsATypedError() async {
    await #expect(processExitsWith: .success) {
      // hwloc is told to take a machine with more nodes than any for this system.
      setenv("HWLOC_SYNTHETIC", "numa:1023 core:1 pu:1", 1)
      setenv("HWLOC_THISSYSTEM", "1", 1)
      let machine = try Machine.current()
      guard machine.isThisSystem, machine.numaNodes.count == 1023 else { exit(1) }
      try withPages(1) { base, bytes in
        let absent = MemoryBinding(policy: .bind, nodes: [1022])
        let failure = code(of: {
          try machine.bindMemory(at: base, byteCount: bytes, to: absent)
        })
        if failure != .system(errno: EINVAL) { exit(2) }
      }
      let seat = try machine.seat("pu:0")
      let refused = code(of: {
        try machine.resolve(.node(1022), producer: seat, customer: seat)
      })
      if refused != .notAllowed { exit(3) }
      // The kernel may know CPU 1022 on a very large machine.
      if sysconf(Int32(_SC_NPROCESSORS_CONF)) < 1_000,
        code(of: { try machine.bindCurrentThread(to: [1022]) }) != .system(errno: EINVAL)
      {
        exit(4)
      }
    }
  }

  @Test(
    .enabled(if: Here.hasTwoNodes && Here.canBindMemory, "needs two NUMA nodes with CPUs"))
  func pagesThatExistElsewhereAreMoved() throws {
    let machine = try Machine.current()
    let seat = try machine.anySeat()
    try withPages(16) { base, bytes in
      for node in [0, 1, 0] {
        let home = try machine.resolve(.node(node), producer: seat, customer: seat)
        try machine.bindMemory(at: base, byteCount: bytes, to: home)
        touch(base, bytes)
        #expect(machine.verifyMemory(at: base, byteCount: bytes, against: home) == .verified)
      }
    }
  }

  /// The negative control: without a binding, pages lie where they are touched first.
  @Test(
    .enabled(if: Here.hasTwoNodes && Here.canCount, "needs two NUMA nodes with CPUs"))
  func unboundPagesLieOnTheTouchersNode() throws {
    let machine = try Machine.current()
    for node in machine.nodesWithCPUs {
      let seat = try machine.seat(node.expression)
      let nodes = try onOwnThread {
        try machine.bindCurrentThread(to: seat)
        return try withPages(16) { base, bytes in
          touch(base, bytes)
          return try PageCensus(of: base, byteCount: bytes).nodes
        }
      }
      #expect(nodes == node.nodeset)
    }
  }

  /// The cross-check: what libnuma binds, hwloc's side reads and verifies.
  @Test(
    .enabled(if: Here.hasTwoNodes && Here.canBindMemory, "needs two NUMA nodes with CPUs"))
  func whatLibnumaBindsIsVerifiedToo() throws {
    let machine = try Machine.current()
    let seat = try machine.anySeat()
    for node in machine.nodesWithCPUs {
      let number = try #require(node.osIndex)
      let home = try machine.resolve(.node(node.logicalIndex), producer: seat, customer: seat)
      try withPages(16) { base, bytes in
        numa_set_bind_policy(1)
        numa_tonode_memory(base, bytes, Int32(number))
        #expect(try MemoryPolicy.ofPage(at: base) == MemoryPolicy(mode: .bind, nodes: node.nodeset))
        touch(base, bytes)
        #expect(machine.verifyMemory(at: base, byteCount: bytes, against: home) == .verified)
      }
    }
  }

  @Test(
    .enabled(if: Here.hasTwoNodes && Here.canBindMemory, "needs two NUMA nodes with CPUs"))
  func misplacedPagesAreAMismatch() throws {
    let machine = try Machine.current()
    let seat = try machine.anySeat()
    let here = try machine.resolve(.node(0), producer: seat, customer: seat)
    let there = try machine.resolve(.node(1), producer: seat, customer: seat)
    try withPages(16) { base, bytes in
      try machine.bindMemory(at: base, byteCount: bytes, to: here)
      touch(base, bytes)
      guard case .mismatch = machine.verifyMemory(at: base, byteCount: bytes, against: there) else {
        Issue.record("all pages lie on the other node")
        return
      }
    }
  }
}
