// SPDX-License-Identifier: Apache-2.0

import Harness
import Testing
import Topology

@testable import NumaGuest

/// What the guests' checks must not let pass.
@Suite struct CellCheckerTests {
  /// Two nodes of two CPUs.
  private let kernel = KernelView(
    nodes: [0, 1].map {
      .init(number: $0, cpus: [2 * $0, 2 * $0 + 1], distances: [10, 21], memoryBytes: 1 << 30)
    },
    onlineCPUs: [0, 1, 2, 3],
    objects: [
      .package: [[0, 1], [2, 3]], .numa: [[0, 1], [2, 3]], .l3: [[0, 1], [2, 3]],
      .core: [[0], [1], [2], [3]], .pu: [[0], [1], [2], [3]],
    ])

  private func complaints(
    _ request: PlacementRequest, _ producer: [Int], _ customer: [Int], _ pages: [String: Int],
    verified: Bool? = true, skip: String? = nil
  ) -> [String] {
    let cell = Cell(
      parameters: CellParameters(
        workload: "stream", store: "shm", serializer: "large", size: ByteCount(4096), wait: "park"),
      placement: request, warmup: .milliseconds(5), measure: .milliseconds(20),
      slice: .milliseconds(10), launches: 1, latency: .oneWay, roof: Roof(.memcpy), skip: skip)
    let record = LaunchRecord(
      cellID: cell.id, launch: 0, integrity: Integrity(sent: 1, received: 1),
      placement: ObservedPlacement(
        producerCPUs: producer, customerCPUs: customer, segmentPagesByNode: pages,
        verified: verified))
    return CellChecker(kernel: kernel).complaints(
      of: RunCell(
        cell, samples: skip == nil ? [record] : [], roofline: Roofline(),
        regimes: Regimes(links: [])
      ))
  }

  private func parts(_ segment: String) -> PlacementRequest {
    .parts(producer: "numa:0", customer: "numa:1.core:last", segment: segment)
  }

  @Test func whatIsWhereItWasAskedToBePasses() {
    #expect(complaints(parts("producer"), [1], [3], ["0": 70]).isEmpty)
    #expect(complaints(parts("customer"), [0], [3], ["1": 70]).isEmpty)
    #expect(complaints(parts("interleave"), [0], [3], ["0": 36, "1": 34]).isEmpty)
    #expect(complaints(parts("first-touch"), [0], [3], ["0": 70], verified: nil).isEmpty)
    #expect(complaints(.preset("same-l3"), [0], [1], ["0": 70]).isEmpty)
    #expect(complaints(.preset("cross-node"), [0], [2], ["0": 70]).isEmpty)
  }

  @Test(
    arguments: [
      ([2], [3], ["0": 70], "CPU [2] is not in numa:0"),
      ([0], [2], ["0": 70], "is not in numa:1.core:last"), ([], [3], ["0": 70], "no CPU"),
      ([0], [3], ["1": 70], "asked for node 0"), ([0], [3], ["0": 69, "1": 1], "asked for node 0"),
      ([0], [3], [:], "no page was counted"),
    ] as [([Int], [Int], [String: Int], String)])
  func whatIsElsewhereIsNoticed(
    producer: [Int], customer: [Int], pages: [String: Int], complaint: String
  ) {
    let found = complaints(parts("producer"), producer, customer, pages)
    #expect(found.contains { $0.contains(complaint) }, "\(found)")
  }

  @Test func pagesThatDoNotTakeTurnsAreNoticed() {
    for pages in [["0": 40, "1": 30], ["0": 70], ["0": 35, "1": 35, "2": 1]] {
      #expect(!complaints(parts("interleave"), [0], [3], pages).isEmpty)
    }
  }

  @Test func seatsThatAreNotTheirPresetAreNoticed() {
    #expect(!complaints(.preset("same-core"), [0], [1], ["0": 70]).isEmpty)
    #expect(!complaints(.preset("same-node"), [0], [2], ["0": 70]).isEmpty)
    #expect(!complaints(.preset("cross-node"), [0], [1], ["0": 70]).isEmpty)
  }

  @Test func whatNobodyVerifiedIsNoticed() {
    #expect(!complaints(parts("producer"), [0], [3], ["0": 70], verified: nil).isEmpty)
    #expect(!complaints(parts("producer"), [0], [3], ["0": 70], verified: false).isEmpty)
    #expect(!complaints(parts("first-touch"), [0], [3], ["0": 70], verified: true).isEmpty)
  }

  @Test func onlyWhatTheMachineCannotHostIsSkipped() {
    #expect(!complaints(.preset("same-l3"), [], [], [:], skip: "no").isEmpty)
    let single = CellChecker(
      kernel: KernelView(nodes: kernel.nodes, onlineCPUs: [0, 2], objects: kernel.objects))
    #expect(single.isHostable(.preset("cross-node")))
    #expect(!single.isHostable(.preset("same-l3")))
  }
}
