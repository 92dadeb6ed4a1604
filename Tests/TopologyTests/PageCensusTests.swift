// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import Topology

@Suite(.enabled(if: Here.canCount, "the kernel does not say where pages lie"))
struct PageCensusTests {
  @Test func countsTouchedAndUntouchedPages() throws {
    try withPages(64) { base, bytes in
      #expect(try PageCensus(of: base, byteCount: bytes).notPresentPages == 64)
      touch(base, bytes / 4)
      let census = try PageCensus(of: base, byteCount: bytes)
      #expect(census.pagesByNode.values.reduce(0, +) == 16 && census.notPresentPages == 48)
      #expect(census.totalPages == 64 && census.sampledPages == 64 && census.stridePages == 1)
      #expect(census.failedPagesByErrno.isEmpty)
      #expect(census.nodes.isSubset(of: try Machine.current().allowedNodes))
    }
  }

  @Test func hugeRangesAreSampledAtTheStatedStride() throws {
    // 40 GiB of address space, of which only the first pages exist.
    let pages = 10_000_000
    try withPages(pages) { base, _ in
      touch(base, 100 * Machine.pageBytes)
      let census = try PageCensus(
        of: base, byteCount: pages * Machine.pageBytes, sampleLimit: 20_000)
      #expect(census.stridePages > 1 && census.sampledPages <= 20_000)
      let seen = census.pagesByNode.values.reduce(0, +)
      #expect(seen == (100 + census.stridePages - 1) / census.stridePages)
      #expect(seen + census.notPresentPages == census.sampledPages)
    }
  }

  @Test func moreThanOneBatchIsCountedOnce() throws {
    try withPages(10_000) { base, bytes in
      touch(base, bytes)
      let census = try PageCensus(of: base, byteCount: bytes)
      #expect(census.pagesByNode.values.reduce(0, +) == 10_000 && census.notPresentPages == 0)
    }
  }

  @Test(arguments: [(100, 100, 2, 1), (101, 100, 2, 3), (1000, 100, 2, 11), (1001, 100, 64, 67)])
  func strideIsAPrimeAboveTheNumberOfNodes(
    pages: Int, limit: Int, nodes: Int, stride: Int
  ) {
    #expect(PageCensus.stride(pages, limit, nodeCount: nodes) == stride)
    #expect((pages + stride - 1) / stride <= limit)
  }

  @Test func aStrideSeesEveryNodeOfAnInterleavedRange() {
    for nodes in 2...16 {
      let stride = PageCensus.stride(100_000, 1_000, nodeCount: nodes)
      let seen = Set(Swift.stride(from: 0, to: 100_000, by: stride).map { $0 % nodes })
      #expect(seen.count == nodes)
    }
  }

  @Test func pagesOfASharedFileAreNotPresentUntilThisMappingTouchesThem() throws {
    // Two mappings of one file stand for two processes: each has its own page table entries.
    let bytes = 8 * Machine.pageBytes
    try withTemporaryFile(String(repeating: "x", count: bytes)) { path in
      let file = open(path, O_RDWR)
      try #require(file >= 0)
      defer { close(file) }
      let access = PROT_READ | PROT_WRITE
      let first = try #require(mmap(nil, bytes, access, MAP_SHARED, file, 0))
      let second = try #require(mmap(nil, bytes, access, MAP_SHARED, file, 0))
      try #require(first != MAP_FAILED && second != MAP_FAILED)
      defer {
        munmap(first, bytes)
        munmap(second, bytes)
      }
      touch(first, bytes)
      #expect(try PageCensus(of: first, byteCount: bytes).notPresentPages == 0)
      #expect(try PageCensus(of: second, byteCount: bytes).notPresentPages == 8)
      touch(second, bytes)
      #expect(
        try PageCensus(of: second, byteCount: bytes).pagesByNode
          == PageCensus(of: first, byteCount: bytes).pagesByNode)
    }
  }

  @Test func rangesOffPageBoundariesAreRefused() throws {
    try withPages(1) { base, bytes in
      #expect(code(of: { try PageCensus(of: base + 8, byteCount: bytes) }) == .unaligned)
      #expect(code(of: { try PageCensus(of: base, byteCount: bytes - 8) }) == .unaligned)
      #expect(code(of: { try PageCensus(of: base, byteCount: 0) }) == .unaligned)
    }
  }

  @Test func unmappedPagesAreNotPresent() throws {
    let gone = try withPages(2) { base, _ in base }
    let census = try PageCensus(of: gone, byteCount: 2 * Machine.pageBytes)
    #expect(census.pagesByNode.isEmpty && census.notPresentPages == 2)
  }

  @Test func isJSONWithNodesAsKeys() throws {
    try withPages(4) { base, bytes in
      touch(base, bytes)
      let census = try PageCensus(of: base, byteCount: bytes)
      let data = try JSONEncoder().encode(census)
      #expect(String(decoding: data, as: UTF8.self).contains("\"pages_by_node\":{\""))
      #expect(try JSONDecoder().decode(PageCensus.self, from: data) == census)
    }
  }

  @Test func aSampleOfNothingTraps() async {
    await #expect(processExitsWith: .failure) {
      try withPages(1) { base, bytes in
        _ = try PageCensus(of: base, byteCount: bytes, sampleLimit: 0)
      }
    }
  }
}
