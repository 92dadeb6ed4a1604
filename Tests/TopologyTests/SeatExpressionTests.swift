// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct SeatExpressionTests {
  @Test(arguments: [
    "any", "pu:*", "core:0", "pu:1", "numa:1", "l3:0", "package:1", "package:1.core:3",
    "numa:0.core:last", "core:first", "pack:0.node:1.core:*", "package:0.numa:0.l3:0.core:0.pu:0",
  ])
  func keepsTheTextItRead(text: String) throws {
    let expression = try SeatExpression(text)
    #expect(expression.description == text)
    let json = try JSONEncoder().encode([expression])
    #expect(try JSONDecoder().decode([SeatExpression].self, from: json) == [expression])
  }

  @Test func synonymsMeanTheSame() throws {
    #expect(try SeatExpression("pack:1.node:0").steps == SeatExpression("socket:1.numa:0").steps)
    #expect(try SeatExpression("pu:*").steps == SeatExpression("any").steps)
  }

  @Test(arguments: [
    ("", 1), ("core", 1), ("cores:0", 1), ("core:", 6), ("core:x", 6), ("core:-1", 6),
    ("core:+1", 6), ("core:1.", 8), (".core:1", 1), ("numa:0.corn:1", 8), ("core:*.pu:0", 1),
    ("core:65536", 6), ("core:99999999999999999999", 6), ("core:0 ", 6), ("Core:0", 1),
    ("core:0.any", 8), ("pu:0:1", 4), ("pu:0.pu:0.pu:0.pu:0.pu:0.pu:0", 1), ("core:٣", 6),
    ("same-node", 1),
  ])
  func refusesWithThePosition(text: String, position: Int) {
    #expect(code(of: { try SeatExpression(text) }) == .malformed(position: position))
    let line = message(of: { try SeatExpression(text) })
    #expect(line.contains("at character \(position); ") && !line.contains("\n"))
  }
}
