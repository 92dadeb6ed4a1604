// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct ExplainCommandTests {
  private let run: String

  init() throws { run = try #require(PublishedRuns.of(job: "default")) }

  @Test func aLargeCopyIsBoundByMemory() throws {
    let weir = try WeirProcess(["explain", run, "stream/shm/large/1MiB/*"])
    #expect(weir.status == 0 && weir.errors.isEmpty, "\(weir.errors)")
    #expect(weir.output.contains("memcpy"))
    let json = try WeirProcess(["explain", run, "stream/shm/large/1MiB/*", "--json"]).json
    let limits = try #require(json["limits"] as? [[String: Any]])
    #expect(limits.contains { $0["cause"] as? String == "copy" }, "\(limits)")
    #expect((json["cell"] as? String)?.hasPrefix("stream/shm/large/1MiB/") == true)
  }

  @Test func whatIsNoSingleCellIsRefusedWithItsNeighbours() throws {
    for (cell, words) in [
      ("stream/*", "cells of"), ("stream/shm/lage/1MiB", "the nearest is `stream/shm/large/"),
    ] {
      let weir = try WeirProcess(["explain", run, cell])
      #expect(weir.status == 64 && weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.contains(words), "\(weir.errors)")
    }
  }
}
