// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct SyntheticDescriptionTests {
  @Test(arguments: [
    ("", 1), ("   ", 1), ("[numa]", 1), ("core", 1), ("core:", 1), ("core:0", 1), ("core:-1", 1),
    ("package:2 core:x", 11), ("package:2 core:+2", 11), ("package:1000 core:1000 pu:1", 14),
    ("core:99999999999999999999", 1), ("core:9223372036854775807 pu:2", 1),
  ])
  func refusesWithThePosition(text: String, position: Int) {
    #expect(code(of: { try Machine(synthetic: text) }) == .malformed(position: position))
  }

  @Test(arguments: ["package:2 chair:3", "package:2 core:2(colour=red) foo:1"])
  func whatOnlyHwlocKnowsIsWrongFailsToLoad(text: String) {
    #expect(code(of: { try Machine(synthetic: text) }) == .loadFailed)
    #expect(message(of: { try Machine(synthetic: text) }).contains("package:2 numa:2 core:4 pu:2"))
  }

  @Test func spacesInAttributesDoNotPartItems() throws {
    try SyntheticDescription.check("package:2 [numa(memory=4GB indexes=0,1)] pu:2(indexes=0,2,1,3)")
    #expect(try Machine(synthetic: "  package:2   pu:2 ").pus.count == 4)
    #expect(try Machine(synthetic: "2 3 4").pus.count == 24)
  }

  @Test func theLargestMachineLoads() throws {
    let machine = try Machine(synthetic: "package:8 numa:4 core:128 pu:2")
    #expect(machine.pus.count == SyntheticDescription.maximumPUs)
    #expect(machine.nodesWithCPUs.count == 32)
    #expect(machine.resolve(.crossNode) != .unavailable(""))
  }

  @Test func messagesStayOnOneLine() {
    let text = "core:\n\u{7}x" + String(repeating: "y", count: 500)
    let line = message(of: { try Machine(synthetic: text) })
    #expect(!line.isEmpty && !line.contains("\n") && !line.contains("\u{7}") && line.count < 300)
  }
}
