// SPDX-License-Identifier: Apache-2.0
import Testing
import Topology

@testable import Harness

@Suite struct RequirementTests {
  private let two = "package:2 core:2 pu:1"

  private func reason(_ name: String, on machine: String) throws -> String? {
    try Requirement(
      name, catalog: .sample, machine: Machine(synthetic: machine)
    ).unmetReason
  }

  @Test(arguments: ["cross-node", "same-core", "shm", "distance-matrix"])
  func presetsCapabilitiesAndStoresCanBeRequired(name: String) throws {
    _ = try reason(name, on: two)
  }

  @Test func whatIsMissingHasItsReason() throws {
    #expect(try reason("cross-node", on: "numa:2 core:2 pu:1") == nil)
    #expect(try reason("cross-node", on: "core:2 pu:1")?.contains("needs 2 NUMA nodes") == true)
    #expect(try reason("aeron", on: two) == "its library is not installed")
    #expect(try reason("shm", on: two) == nil)
  }

  @Test func placesCanBeRequired() throws {
    #expect(try reason("numa:1.core:0", on: "numa:2 core:2 pu:1") == nil)
    #expect(try reason("segment=node:1", on: "numa:2 core:2 pu:1") == nil)
    #expect(try reason("core:9", on: two)?.contains("core:0 to core:3") == true)
    #expect(try reason("segment=node:1", on: "core:2 pu:1")?.contains("only node:0") == true)
  }

  @Test(arguments: ["corn:0", "core:x", "segment=core:0", "segment=node:"])
  func placesThatCannotBeReadAreUsageErrors(name: String) throws {
    let error = #expect(throws: HarnessError.self) { try reason(name, on: two) }
    #expect(error?.code == .job)
    #expect(error?.description.contains("at character") == true)
  }

  @Test func aSlipIsAnswered() throws {
    let error = #expect(throws: HarnessError.self) { try reason("cros-node", on: two) }
    #expect(error?.code == .job)
    #expect(error?.description.contains("did you mean `cross-node`?") == true)
  }

  @Test func namesAreListedOnce() {
    let names = Requirement.names(.sample)
    #expect(Set(names).count == names.count)
    #expect(names.contains("same-core") && names.contains("smt") && names.contains("queue"))
  }
}
