// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct MachineTests {
  @Test func thisSystemIsReal() throws {
    let machine = try Machine.current()
    #expect(machine.isThisSystem && machine.origin == .thisSystem)
    #expect(!machine.pus.isEmpty && !machine.numaNodes.isEmpty)
    #expect(!machine.allowedCPUs.isEmpty && machine.allowedCPUs.isSubset(of: machine.onlineCPUs))
    #expect(!machine.allowedNodes.isEmpty)
    #expect(machine.pus.count == machine.onlineCPUs.count)
    #expect(!machine.nodesWithCPUs.isEmpty)
  }

  @Test func onlineCPUsAgreeWithTheKernel() throws {
    let text = try String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8)
    #expect(try Machine.current().onlineCPUs == CPUSet(list: text))
  }

  @Test(arguments: [
    (Shape.oneNode, [0, 1, 0, 2, 2]), (Shape.small, [1, 1, 1, 4, 4]),
    (Shape.twoByTwo, [2, 4, 0, 16, 32]), (Shape.fourNodes, [4, 4, 8, 32, 32]),
    (Shape.chiplets, [2, 2, 8, 16, 32]), (Shape.noCores, [2, 1, 0, 0, 4]),
    (Shape.expander, [2, 3, 0, 4, 4]), ("pack:2 numa:2 core:4 pu:2", [2, 4, 0, 16, 32]),
  ])
  func countsTheObjectsOfADescription(text: String, counts: [Int]) throws {
    let machine = try Machine(synthetic: text)
    #expect(ObjectKind.allCases.map { machine.objects(of: $0).count } == counts)
    #expect(!machine.isThisSystem && machine.origin == .synthetic(text))
    for kind in ObjectKind.allCases {
      let objects = machine.objects(of: kind)
      #expect(objects.map(\.logicalIndex) == Array(objects.indices))
      #expect(objects.allSatisfy { $0.kind == kind })
    }
  }

  @Test func readsSizesAndKernelNumbers() throws {
    let machine = try Machine(
      synthetic:
        "package:1 [numa(memory=64GB)] l3:2(size=32MB) core:2 pu:2(indexes=0,4,1,5,2,6,3,7)")
    #expect(machine.numaNodes.map(\.memoryBytes) == [64_000_000_000])
    #expect(machine.l3Caches.map(\.cacheBytes) == [32_000_000, 32_000_000])
    #expect(machine.caches.map(\.name) == ["L3"])
    #expect(machine.caches.first?.instances == 2 && machine.caches.first?.sharedByPUs == 4)
    #expect(machine.pus.map(\.osIndex) == [0, 4, 1, 5, 2, 6, 3, 7])
    #expect(machine.cores[1].cpuset == [1, 5])
  }

  @Test func memoryThatNobodyToldIsUnknownAndNotZero() throws {
    let machine = try Machine(synthetic: "package:1 [numa] core:1 pu:1")
    #expect(machine.numaNodes[0].memoryBytes == nil)
    #expect(try Machine.current().numaNodes[0].memoryBytes != nil)
  }

  @Test func homeIsTheNodeTheCPUsBelongTo() throws {
    let machine = try Machine(synthetic: Shape.expander)
    #expect(machine.homeNode(of: [0])?.logicalIndex == 0)
    #expect(machine.homeNode(of: [2, 3])?.logicalIndex == 1)
    #expect(machine.homeNode(of: [0, 3]) == nil)
    #expect(machine.homeNode(of: []) == nil)
    #expect(machine.nodesWithCPUs.map(\.logicalIndex) == [0, 1])
    #expect(machine.numaNode(osIndex: 2)?.logicalIndex == 2)
    #expect(machine.numaNode(osIndex: 3) == nil)
  }

  @Test func cpuLessNodeIsPartOfTheMachine() throws {
    let machine = try machineWithCPULessNode()
    let node = try #require(machine.nodesWithoutCPUs.first)
    #expect(machine.nodesWithoutCPUs.count == 1)
    #expect(node.memoryBytes == 8_000_000_000)
    #expect(machine.nodesWithCPUs.count == 2)
    #expect(machine.allowedNodes.isSuperset(of: node.nodeset))
  }

  @Test func forbiddenCPUsStayInThePictureAndKeepTheNumbers() throws {
    let machine = try machine(Shape.twoByTwo, allowedMask: "0x0000ff00")
    #expect(machine.allowedCPUs == CPUSet(8...15))
    #expect(machine.onlineCPUs == CPUSet(0...31))
    #expect(machine.cores.count == 16)
    #expect(machine.nodesWithCPUs.map(\.logicalIndex) == [1])
  }

  @Test func distanceMatrixIsByLogicalIndexAndNilWithoutOne() throws {
    let machine = try machine(Shape.smtByHalves, distances: [[10, 21], [32, 10]])
    #expect(machine.distances?.rows == [[10, 21], [32, 10]])
    #expect(machine.distances?.distance(from: 1, to: 0) == 32)
    #expect(machine.distances?.distance(from: 0, to: 2) == nil)
    #expect(try Machine(synthetic: Shape.twoByTwo).distances == nil)
  }

  @Test(arguments: Shape.all)
  func xmlRoundTripKeepsTheMachine(shape: String) throws {
    let first = try Machine(synthetic: shape)
    let second = try machine(shape) { $0 }
    #expect(second.fingerprint == first.fingerprint)
    #expect(second.allowedCPUs == first.allowedCPUs && second.caches == first.caches)
    for kind in ObjectKind.allCases { #expect(second.objects(of: kind) == first.objects(of: kind)) }
  }

  @Test func xmlOfThisSystemIsADescription() throws {
    let here = try Machine.current()
    let copy = try withTemporaryFile(here.xml()) { try Machine(xmlFile: $0) }
    #expect(!copy.isThisSystem)
    #expect(copy.fingerprint == here.fingerprint)
    #expect(copy.cpuModel == here.cpuModel && copy.distances == here.distances)
    let again = try Machine.current().keepingMemory(of: here)
    #expect(copy != here && here == again)
  }

  @Test func filesThatAreNoMachineAreRefused() throws {
    #expect(code(of: { try Machine(xmlFile: "/nonexistent/machine.xml") }) == .loadFailed)
    #expect(message(of: { try Machine(xmlFile: "/nonexistent/m.xml") }).contains("check the path"))
    for text in ["", "no xml", "<topology version=\"2.0\"></topology>", "<html/>"] {
      try withTemporaryFile(text) { path in
        #expect(code(of: { try Machine(xmlFile: path) }) == .loadFailed)
      }
    }
  }

  @Test func hwlocsVariablesMakeADescribedMachineThatSaysSo() async {
    await #expect(processExitsWith: .success) {
      setenv("HWLOC_SYNTHETIC", "numa:3 core:1 pu:1", 1)
      let machine = try Machine.current()
      #expect(machine.origin == .synthetic("numa:3 core:1 pu:1") && !machine.isThisSystem)
      if machine.isThisSystem || machine.numaNodes.count != 3 { exit(1) }
    }
  }

  @Test func handlesAreFreedAndUsableFromManyThreads() async throws {
    let machine = try Machine.current()
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try machine.xml() } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(texts.count == 1)
    weak var handle: TopologyHandle?
    do {
      let loaded = try TopologyHandle.load(.synthetic(Shape.small))
      handle = loaded
      #expect(handle != nil)
    }
    #expect(handle == nil)
  }
}

extension Machine {
  /// A virtual machine's node may gain memory between two looks; all else must be equal.
  fileprivate func keepingMemory(of other: Machine) -> Machine {
    numaNodes.map(\.memoryBytes) == other.numaNodes.map(\.memoryBytes) ? self : other
  }
}
