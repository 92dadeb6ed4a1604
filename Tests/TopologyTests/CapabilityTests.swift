// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct CapabilityTests {
  @Test func aDescribedMachineCanBePlannedAgainstButNotRun() throws {
    let machine = try machine(Shape.chiplets, distances: [[10, 21], [21, 10]])
    let missing = machine.capabilities.filter { !$0.isAvailable }.map(\.name)
    #expect(missing == [.run, .threadBinding, .memoryBinding, .pageCensus])
    #expect(machine.whyUnavailable(.run)?.hasPrefix("this is a described machine (xml ") == true)
  }

  @Test(arguments: [
    (Shape.small, Capability.Name.crossNode, "this machine has 1"),
    (Shape.small, .smt, "no core has two allowed PUs"),
    (Shape.small, .distanceMatrix, "one NUMA node"),
    (Shape.twoByTwo, .distanceMatrix, "no distance matrix for its 4 NUMA nodes"),
    (Shape.twoByTwo, .sameL3, "shows none"),
  ])
  func whatIsMissingHasAReason(
    shape: String, name: Capability.Name, reason: String
  ) throws {
    let why = try Machine(synthetic: shape).whyUnavailable(name)
    #expect(why?.contains(reason) == true, "\(why ?? "available")")
  }

  @Test func aNarrowCpusetIsReported() throws {
    let machine = try machine(Shape.twoByTwo, allowedMask: "0x0000ff00")
    #expect(
      machine.whyUnavailable(.allCPUs) == "CPU 0-7,16-31 is online but forbidden here")
  }

  @Test func thisSystemReportsEveryNameOnce() throws {
    let report = try Machine.current().capabilities
    #expect(report.map(\.name) == Capability.Name.allCases)
    #expect(report.first { $0.name == .run }?.isAvailable == true)
    #expect(report.allSatisfy { !($0.unavailableReason ?? "").contains("\n") })
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode([Capability].self, from: data) == report)
    #expect(String(decoding: data, as: UTF8.self).contains("\"unavailable_reason\":null"))
  }
}
