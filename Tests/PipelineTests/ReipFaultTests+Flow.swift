// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Serialization
import Testing
import Transport
import TransportPeer

/// Faults of REIP (reip-pipelines 0.0.4) in chains of blocks.
@Suite(.timeLimit(.minutes(10))) struct ReipPipelineFaultTests {
  /// REIP: 906 to 911 of 1000 blocking puts arrived, and the graph hung in 6 of 8 runs.
  @Test(arguments: [ThroughputClass.small, .large])
  func fault01_theEndOfAStreamLosesNothing(throughput: ThroughputClass) throws {
    for _ in 0..<20 {
      try withWatchdog {
        let summary = try Pipeline.chain(
          ["numbers:1000", "collect"], processes, throughput: throughput, capacity: 100
        ).run()
        #expect(summary["1-collect"]?.text == "1000 from 0 in order")
      }
    }
  }

  /// REIP: CLOSE is an item, which `medium` and `large` could not carry.
  @Test(arguments: [ThroughputClass.small, .medium, .large])
  func fault02_theEndCrossesEverySerializerClass(throughput: ThroughputClass) throws {
    try withWatchdog {
      for count in [0, 1, 25] {
        let summary = try Pipeline.chain(
          ["numbers:\(count)", "forward", "collect"], processes, throughput: throughput
        ).run()
        let expected = (0..<count).map(String.init).joined(separator: " ")
        #expect(summary["2-collect"]?.text == expected)
        #expect(summary.stages.allSatisfy { $0.end == .finished })
      }
    }
  }

  /// REIP: a task with skip=3 behind another got 0 of 100 and hung.
  @Test(arguments: [threads, processes], [ThroughputClass.small, .large])
  func fault07_aSkipInAChainTakesEveryFourth(
    homes: [Pipeline.Home], throughput: ThroughputClass
  ) throws {
    try withWatchdog {
      let summary = try Pipeline.chain(
        ["numbers:102", "collect"], homes, throughput: throughput, strategy: .skip(count: 3),
        capacity: 2
      ).run()
      let expected = stride(from: 3, to: 102, by: 4).map(String.init).joined(separator: " ")
      #expect(summary["1-collect"]?.text == expected)
      #expect(summary["1-collect"]?.skipped == 77)
    }
  }
}
