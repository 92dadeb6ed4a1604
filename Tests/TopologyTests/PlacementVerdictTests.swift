// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct PlacementVerdictTests {
  private func census(
    _ pages: [Int: Int], notPresent: Int = 0, failed: [Int: Int] = [:]
  ) throws -> PageCensus {
    let total = pages.values.reduce(0, +) + notPresent + failed.values.reduce(0, +)
    func object(_ counts: [Int: Int]) -> String {
      "{" + counts.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
    let json = """
      {"pages_by_node":\(object(pages)),"not_present_pages":\(notPresent),
       "failed_pages_by_errno":\(object(failed)),"total_pages":\(total),"stride_pages":1,
       "page_bytes":4096}
      """
    return try JSONDecoder().decode(PageCensus.self, from: Data(json.utf8))
  }

  private func isMismatch(_ verdict: PlacementVerdict) -> Bool {
    if case .mismatch = verdict { true } else { false }
  }

  private func isUnavailable(_ verdict: PlacementVerdict) -> Bool {
    if case .unavailable = verdict { true } else { false }
  }

  @Test func cpusMustLieWithinTheRequest() {
    #expect(PlacementVerdict.cpus(requested: [0, 1], observed: [1]) == .verified)
    #expect(
      PlacementVerdict.cpus(requested: [0, 1], observed: [1, 2])
        == .mismatch("ran on CPU 2, asked for CPU 0-1"))
    #expect(isUnavailable(.cpus(requested: [0], observed: [])))
  }

  @Test func affinityMustBeEqual() {
    #expect(PlacementVerdict.affinity(requested: [0], observed: [0]).isVerified)
    #expect(isMismatch(.affinity(requested: [0, 1], observed: [0])))
  }

  @Test func memoryMustLieOnTheNodesAskedFor() throws {
    let node1 = MemoryBinding(policy: .bind, nodes: [1])
    #expect(PlacementVerdict.memory(requested: node1, census: try census([1: 64])) == .verified)
    #expect(
      PlacementVerdict.memory(requested: node1, census: try census([0: 4, 1: 60]))
        == .mismatch("4 of 64 pages lie on node 0, asked for node 1"))
    #expect(
      isMismatch(.memory(requested: node1, census: try census([0: 1], notPresent: 9))),
      "a stray page is a mismatch whatever else is missing")
  }

  @Test func pagesThatCannotBeSeenVerifyNothing() throws {
    let node0 = MemoryBinding(policy: .bind, nodes: [0])
    #expect(isUnavailable(.memory(requested: node0, census: try census([:], notPresent: 8))))
    #expect(isUnavailable(.memory(requested: node0, census: try census([0: 7], notPresent: 1))))
    #expect(isUnavailable(.memory(requested: node0, census: try census([0: 7], failed: [16: 1]))))
    let first = MemoryBinding(policy: .firstTouch, nodes: [0])
    #expect(isUnavailable(.memory(requested: first, census: try census([0: 8]))))
  }

  @Test func interleaveMustReachEveryNode() throws {
    let both = MemoryBinding(policy: .interleave, nodes: [0, 1])
    #expect(
      PlacementVerdict.memory(requested: both, census: try census([0: 8, 1: 8])) == .verified)
    #expect(isUnavailable(.memory(requested: both, census: try census([0: 8]))))
    #expect(isMismatch(.memory(requested: both, census: try census([0: 100_000]))))
    #expect(isMismatch(.memory(requested: both, census: try census([0: 8, 2: 8]))))
  }

  @Test func theWorstOfSeveralCounts() {
    let bad = PlacementVerdict.mismatch("a")
    let unknown = PlacementVerdict.unavailable("b")
    #expect(PlacementVerdict.worst([.verified, unknown, bad]) == bad)
    #expect(PlacementVerdict.worst([.verified, unknown]) == unknown)
    #expect(PlacementVerdict.worst([.verified, .verified]) == .verified)
    #expect(isUnavailable(.worst([])))
    #expect(
      "\(bad)" == "mismatch: a" && bad.reason == "a" && PlacementVerdict.verified.reason == nil)
  }
}
