// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Topology

@Suite struct LibNumaTests {
  @Test(.enabled(if: Here.machine?.differencesFromLibnuma() != nil, "libnuma has no say here"))
  func bothLibrariesSeeThisMachine() throws {
    #expect(try Machine.current().differencesFromLibnuma() == [])
  }

  @Test func aDescribedMachineIsNotCompared() throws {
    #expect(try Machine(synthetic: Shape.twoByTwo).differencesFromLibnuma() == nil)
  }

  @Test(.enabled(if: Here.machine?.differencesFromLibnuma() != nil, "libnuma has no say here"))
  func anotherMachineThanTheKernelsIsNoticed() async {
    await #expect(processExitsWith: .success) {
      // hwloc is told to take a machine of its own making for this system.
      setenv("HWLOC_SYNTHETIC", "numa:1023 core:1 pu:1", 1)
      setenv("HWLOC_THISSYSTEM", "1", 1)
      guard let differences = try Machine.current().differencesFromLibnuma() else { exit(1) }
      if differences.count != 1 { exit(2) }
      if !differences[0].hasPrefix("nodes are 0-1022 to hwloc and ") { exit(3) }
    }
  }

  @Test(.enabled(if: Here.machine?.differencesFromLibnuma() != nil, "libnuma has no say here"))
  func anotherNodeThanTheKernelsIsNoticed() async {
    await #expect(processExitsWith: .success) {
      let nodes = try Machine.current().numaNodes.count
      setenv("HWLOC_SYNTHETIC", "numa:\(nodes)(memory=4096) core:1 pu:1", 1)
      setenv("HWLOC_THISSYSTEM", "1", 1)
      guard let differences = try Machine.current().differencesFromLibnuma() else { exit(1) }
      if !differences.contains(where: { $0.hasPrefix("node 0 has 4096 bytes to hwloc") }) {
        exit(2)
      }
    }
  }
}
