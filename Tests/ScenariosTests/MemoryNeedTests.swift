// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing

@testable import Scenarios

@Suite struct MemoryNeedTests {
  @Test(arguments: ["shm", "queue", "list", "null"], ["stream", "pingpong"])
  func theLargestJobThereIsDoesNotOverflow(store: String, workload: String) {
    let cell = SampleCell.make(
      workload: workload, store: store, size: ByteCount(1 << 40), depth: 1 << 24)
    let need = MemoryNeed(cell)
    #expect(need.byteCount >= Double(1 << 40))
    let error = #expect(throws: LaunchError.self) { try need.check(available: 1 << 34) }
    #expect(error?.code == .resources)
    #expect(error?.description.contains("16384 MiB are available") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func smallCellsFitAndSoDoesEverythingOnAnUnknownMachine() throws {
    try MemoryNeed(SampleCell.make(size: ByteCount(64), depth: 64)).check(available: 1 << 20)
    try MemoryNeed(SampleCell.make(size: ByteCount(1 << 40), depth: 64)).check(available: nil)
  }

  @Test func sharedSlotsAreCountedPerDirection() {
    func need(_ workload: String, depth: Int) -> Double {
      MemoryNeed(
        SampleCell.make(workload: workload, store: "shm", size: ByteCount(1 << 20), depth: depth)
      ).byteCount
    }
    let slot = Double(1 << 20)
    #expect(need("stream", depth: 128) - need("stream", depth: 64) == 64 * slot)
    #expect(need("pingpong", depth: 128) - need("pingpong", depth: 64) == 128 * slot)
  }
}

/// A cell with the parts that a test cares about.
enum SampleCell {
  static func make(
    workload: String = "stream", store: String = "shm", serializer: String = "large",
    size: ByteCount, depth: Int, customers: Int = 1
  ) -> Cell {
    Cell(
      parameters: CellParameters(
        workload: workload, store: store, serializer: serializer, size: size, wait: "spin-park",
        customers: customers, depth: depth),
      placement: .preset("same-core"), warmup: .milliseconds(1), measure: .milliseconds(1),
      slice: .milliseconds(1), launches: 1, latency: .oneWay, roof: .unavailable("a test"))
  }
}
