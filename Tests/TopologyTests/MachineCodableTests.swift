// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct MachineCodableTests {
  private func json(_ machine: Machine) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(machine), as: UTF8.self)
  }

  @Test(arguments: Shape.all)
  func recordKeepsTheMachineButIsADescription(shape: String) throws {
    let machine = try Machine(synthetic: shape)
    let record = try JSONDecoder().decode(Machine.self, from: Data(json(machine).utf8))
    #expect(record.origin == .recorded("synthetic \(shape)"))
    #expect(record.fingerprint == machine.fingerprint)
    #expect(record.caches == machine.caches && record.allowedNodes == machine.allowedNodes)
    for kind in ObjectKind.allCases {
      #expect(record.objects(of: kind) == machine.objects(of: kind))
    }
  }

  @Test func recordOfThisSystemDoesNotBind() throws {
    let here = try Machine.current()
    let record = try JSONDecoder().decode(Machine.self, from: Data(json(here).utf8))
    #expect(!record.isThisSystem && record.fingerprint == here.fingerprint)
    #expect(code(of: { try record.bindCurrentThread(to: here.allowedCPUs) }) == .describedMachine)
    #expect(code(of: { try record.xml() }) == .unsupported)
    #expect(record.whyUnavailable(.threadBinding)?.contains("record of this system") == true)
  }

  @Test func unitsAreInTheKeysAndUnknownIsNull() throws {
    let text = try json(Machine(synthetic: "package:1 [numa] l3:1(size=1MB) core:1 pu:1"))
    #expect(text.contains("\"memory_bytes\":null"))
    #expect(text.contains("\"cache_bytes\":1000000"))
    #expect(text.contains("\"cpu_model\":null") && text.contains("\"distances\":null"))
    #expect(text.contains("\"allowed_cpus\":\"0\"") && text.contains("\"is_this_system\":false"))
  }

  @Test func distancesRoundTrip() throws {
    let machine = try machine(Shape.smtByHalves, distances: [[10, 21], [21, 10]])
    let record = try JSONDecoder().decode(Machine.self, from: Data(json(machine).utf8))
    #expect(record.distances == machine.distances && record.distances != nil)
  }

  @Test(arguments: [
    ("weir-machine/1", "weir-machine/2"), ("\"logical_index\":1", "\"logical_index\":7"),
    ("\"kind\":\"core\"", "\"kind\":\"pu\""), ("\"nodes\":[0,1]", "\"nodes\":[0,2]"),
    ("[[10,21],[21,10]]", "[[10,21],[21]]"), ("\"cpuset\":\"0\"", "\"cpuset\":\"zero\""),
  ])
  func recordsThatAreNoMachineAreRefused(original: String, replacement: String) throws {
    let text = try json(machine("package:2 numa:1 core:1 pu:1", distances: [[10, 21], [21, 10]]))
    let damaged = text.replacingOccurrences(of: original, with: replacement)
    #expect(damaged != text)
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(Machine.self, from: Data(damaged.utf8))
    }
  }
}
