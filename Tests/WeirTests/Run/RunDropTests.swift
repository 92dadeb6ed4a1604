// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension RunTests {
  /// Cells whose producer drops what there is no room for.
  @Suite struct RunDropTests {
    private static let job = """
      schema: 1
      name: drops
      defaults: { warmup: 10ms, measure: 80ms, slice: 20ms, launches: 1, seed: 1 }
      groups:
        - name: drops
          axes:
            store: [list, queue, shm]
            serializer: [large]
            size: [64B, 4KiB]
            backpressure: [drop-newest, drop-oldest]
          workload: { depth: 2 }
        - name: fan-out
          axes: { store: [shm], serializer: [raw], size: [64B], backpressure: [drop-oldest] }
          workload: { depth: 4, customers: 3 }

      """

    /// What was dropped is said to be dropped, and nothing else is missing.
    @Test func droppedMessagesAreCountedAndNotLost() throws {
      let run = try LiveRun(["--json"], job: Self.job)
      let status = try run.end(within: 40)
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      let cells = try RunTests.cells(json)
      #expect(cells.count == 13)
      for cell in cells {
        let id = try #require(cell["id"] as? String)
        #expect(cell["status"] as? String == "ok", "\(id): \(cell["reason"] ?? "")")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        let (sent, received) = (integrity["sent"] ?? 0, integrity["received"] ?? 0)
        let dropped = integrity["dropped"] ?? 0
        #expect(received > 0 && dropped > 0, "\(id) \(integrity)")
        #expect(sent == received + dropped, "\(id) \(integrity)")
        for fault in ["lost", "duplicated", "reordered", "corrupt", "torn"] {
          #expect(integrity[fault] == 0, "\(id) \(fault)")
        }
      }
      #expect(run.isGone())
    }
  }
}
