// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Topology

/// Machines of several sockets, in Tests/Topologies: hwloc's XML of a synthetic description with the
/// distances that the firmware of such a machine gives.
enum BigMachine: String, CaseIterable {
  /// Two Xeon Gold 6248: 20 cores, one node and one L3 a socket, siblings numbered by halves.
  case xeon = "xeon-2-sockets"
  /// Two EPYC 7763 set to four nodes per socket: 2 L3s of 8 cores a node.
  case epyc = "epyc-2-sockets-nps4"
  /// Two sockets of 16 cores, each with a CXL memory expander, a node without CPUs.
  case expander = "xeon-2-sockets-cxl"

  var synthetic: String {
    switch self {
    case .xeon:
      "package:2 l3:1(size=28835840) [numa(memory=192GB)] core:20 pu:2(indexes=2*40:1*2)"
    case .epyc:
      "package:2 group:4 [numa(memory=64GB)] l3:2(size=33554432) core:8 pu:2(indexes=2*128:1*2)"
    case .expander:
      "package:2 [numa(memory=128GB)] [numa(memory=256GB)] l3:1(size=39845888) core:16"
        + " pu:2(indexes=2*32:1*2)"
    }
  }

  /// By logical index of the node.
  var distances: [[UInt64]] {
    switch self {
    case .xeon: [[10, 21], [21, 10]]
    case .epyc:
      (0..<8).map { row in
        (0..<8).map { column in row == column ? 10 : row / 4 == column / 4 ? 12 : 32 }
      }
    case .expander:
      [[10, 14, 21, 24], [14, 10, 24, 26], [21, 24, 10, 14], [24, 26, 14, 10]]
    }
  }

  private var path: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Topologies/\(rawValue).xml").path
  }

  /// The machine of the file.
  func machine() throws -> Machine { try Machine(xmlFile: path) }

  /// The machine as its description and distances make it.
  func made() throws -> Machine { try TopologyTests.machine(synthetic, distances: distances) }
}
