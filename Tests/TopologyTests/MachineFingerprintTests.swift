// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct MachineFingerprintTests {
  @Test func isStableAndHexadecimal() throws {
    let here = try Machine.current()
    #expect(try Machine.current().fingerprint == here.fingerprint)
    #expect(here.fingerprint.count == 16 && here.fingerprint.allSatisfy(\.isHexDigit))
    // Written down: a fingerprint that changes with the program orphans every baseline.
    #expect(try Machine(synthetic: Shape.oneNode).fingerprint == "dfcac4149ca189b6")
  }

  @Test func tellsShapesApart() throws {
    let all = try Shape.all.map { try Machine(synthetic: $0).fingerprint }
    #expect(Set(all).count == Shape.all.count)
    let numbered = try Machine(synthetic: "core:2 pu:2(indexes=0,2,1,3)").fingerprint
    #expect(try Machine(synthetic: "core:2 pu:2").fingerprint != numbered)
    let distant = try machine(Shape.smtByHalves, distances: [[10, 21], [21, 10]]).fingerprint
    #expect(try Machine(synthetic: Shape.smtByHalves).fingerprint != distant)
  }

  @Test func ignoresWhatChangesWithoutTheMachine() throws {
    let whole = try Machine(synthetic: Shape.twoByTwo)
    #expect(try machine(Shape.twoByTwo, allowedMask: "0x3").fingerprint == whole.fingerprint)
    let less = try Machine(synthetic: "package:1 [numa(memory=4GB)] core:2 pu:1")
    let more = try Machine(synthetic: "package:1 [numa(memory=8GB)] core:2 pu:1")
    #expect(less.fingerprint == more.fingerprint)
  }
}
