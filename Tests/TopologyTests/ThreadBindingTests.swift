// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite(.enabled(if: Here.canBindThreads, "this machine cannot bind threads"))
struct ThreadBindingTests {
  @Test func aBoundThreadRunsWhereItWasBound() throws {
    let machine = try Machine.current()
    for pu in machine.pus where pu.cpuset.isSubset(of: machine.allowedCPUs) {
      let seat = try machine.seat(pu.expression)
      let verdict = try onOwnThread {
        try machine.bindCurrentThread(to: seat)
        return machine.verifyCurrentThread(against: seat)
      }
      #expect(verdict == .verified)
    }
  }

  @Test func bindingAThreadLeavesTheOthersAlone() throws {
    let machine = try Machine.current()
    let cpu = try #require(machine.allowedCPUs.first)
    let before = try onOwnThread { try CPUSet.ofCurrentThread() }
    try onOwnThread { try machine.bindCurrentThread(to: [cpu]) }
    #expect(try onOwnThread { try CPUSet.ofCurrentThread() } == before)
  }

  @Test func setsOutsideTheAllowedCPUsAreRefusedAndChangeNothing() throws {
    let machine = try Machine.current()
    let absent = CPUSet([(machine.onlineCPUs.last ?? 0) + 1])
    for cpus in [CPUSet(), absent, machine.allowedCPUs.union(absent)] {
      let (failure, after) = try onOwnThread {
        (code(of: { try machine.bindCurrentThread(to: cpus) }), try CPUSet.ofCurrentThread())
      }
      #expect(failure == .notAllowed)
      #expect(!after.isEmpty && after.isDisjoint(with: absent))
    }
  }

  @Test(.enabled(if: Here.hasTwoCPUs, "needs two CPUs"))
  func aThreadBoundElsewhereIsAMismatch() throws {
    let machine = try Machine.current()
    let cpus = Array(machine.allowedCPUs)
    let elsewhere = Seat(
      expression: "elsewhere", cpuset: [cpus[1]], nodeset: machine.allowedNodes, homeNode: nil)
    let verdict = try onOwnThread {
      try machine.bindCurrentThread(to: [cpus[0]])
      return machine.verifyCurrentThread(against: elsewhere)
    }
    #expect(
      verdict == .mismatch("affinity is CPU \(cpus[0]), asked for CPU \(cpus[1])"))
  }

  @Test func aDescribedMachineVerifiesNothing() throws {
    let machine = try Machine(synthetic: Shape.oneNode)
    let verdict = machine.verifyCurrentThread(against: try machine.seat("core:0"))
    guard case .unavailable(let reason) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(reason.contains("described machine"))
  }
}
