// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct MemoryHomeTests {
  @Test(arguments: [
    ("first-touch", MemoryHome.firstTouch), ("node:1", .node(1)), ("numa:0", .node(0)),
    ("interleave", .interleave), ("producer", .producer), ("customer", .customer),
  ])
  func reads(text: String, home: MemoryHome) throws {
    #expect(try MemoryHome(text) == home)
    #expect(try MemoryHome(home.description) == home)
    let data = try JSONEncoder().encode([home])
    #expect(try JSONDecoder().decode([MemoryHome].self, from: data) == [home])
  }

  @Test(arguments: [
    ("", 1), ("node", 1), ("node:", 6), ("node:x", 6), ("node:-1", 6), ("core:0", 1),
    ("Producer", 1), ("numa:65536", 6), ("node:1 ", 6),
  ])
  func refusesOtherText(text: String, position: Int) {
    #expect(code(of: { try MemoryHome(text) }) == .malformed(position: position))
    #expect(message(of: { try MemoryHome(text) }).contains("use producer, customer, node:N"))
  }
}
