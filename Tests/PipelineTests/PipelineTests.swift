// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pipeline
import Serialization
import SharedMemory
import Testing
import Topology
import Transport
import TransportPeer

/// Whole pipelines: what comes through, what is counted, and how they end.
@Suite(.timeLimit(.minutes(10))) struct PipelineTests {
  @Test(arguments: [threads, processes] + mixed, [ThroughputClass.small, .medium, .large])
  func threeStagesPassEverythingOn(homes: [Pipeline.Home], throughput: ThroughputClass) throws {
    try withWatchdog {
      let summary = try Pipeline.chain(
        ["numbers:2000", "even", "collect"], homes, throughput: throughput
      ).run()
      #expect(summary.stages.map(\.processed) == [2000, 2000, 1000])
      #expect(summary.stages.map(\.emitted) == [2000, 1000, 0])
      #expect(summary.stages.allSatisfy { $0.dropped == 0 && $0.skipped == 0 })
      #expect(summary.stages.allSatisfy { $0.end == .finished && $0.seconds > 0 })
      #expect(summary["2-collect"]?.text.hasPrefix("1000 from 0") == true)
    }
  }

  /// One ring for two stages, and two rings whose backpressures differ.
  @Test(arguments: [threads, processes, [.process, .thread]])
  func fanOutGivesEveryStageEverything(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      var pipeline = Pipeline.forTests()
      pipeline.add("numbers", arguments: "1000", home: homes[0])
      for (place, name) in ["a", "b", "slow"].enumerated() {
        pipeline.add(
          name, body: "collect", arguments: name == "slow" ? "1" : "",
          home: homes[(place + 1) % homes.count])
        pipeline.connect(
          "numbers", to: name, throughput: .large, capacity: 4,
          backpressure: name == "slow" ? .dropNewest : .block, itemByteCount: 64)
      }
      let summary = try pipeline.run()
      #expect(summary["a"]?.text == "1000 from 0 in order")
      #expect(summary["b"]?.text == "1000 from 0 in order")
      let (slow, source) = (summary["slow"]?.processed ?? 0, summary["numbers"])
      // What the slow one did not get was dropped on its way, and nothing else was.
      #expect(slow + (source?.dropped ?? 0) == 1000 && slow >= 4)
      #expect(source?.emitted == 1000 + slow)
    }
  }

  @Test(arguments: [threads, processes, [.process, .thread]])
  func fanInTakesAnyOrAll(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      var pipeline = Pipeline.forTests()
      for (place, count) in [600, 400].enumerated() {
        pipeline.add(
          "source\(place)", body: "numbers", arguments: "\(count)",
          home: homes[place % homes.count])
      }
      pipeline.add("agree", home: homes[0])
      pipeline.add("any", body: "collect-any", home: homes[homes.count - 1])
      for source in ["source0", "source1"] {
        for sink in ["agree", "any"] { pipeline.connect(source, to: sink, throughput: .medium) }
      }
      let summary = try pipeline.run()
      // The shorter one ends the pairs; the longer one still goes on for the other stage.
      #expect(summary["agree"]?.text == "agreed 400 other 0")
      #expect(summary["any"]?.text.hasPrefix("1000 from 0") == true)
      #expect(summary.stages.allSatisfy { $0.end == .finished })
    }
  }

  @Test(arguments: [threads, processes])
  func aSlowLastStageGetsEverything(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      let summary = try Pipeline.chain(
        ["numbers:60", "forward", "collect:5"], homes, throughput: .small
      ).run()
      #expect(summary["2-collect"]?.text == "60 from 0 in order")
    }
  }

  /// Latest between stages: the slow one sees few, in order, and the last; the rest are skipped.
  @Test(arguments: [threads, processes])
  func whatIsPassedOverIsCounted(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      let summary = try Pipeline.chain(
        ["numbers:500", "collect:2"], homes, throughput: .large, strategy: .latest
      ).run()
      let last = try #require(summary["1-collect"])
      #expect(last.processed + last.skipped == 500 && last.processed >= 1)
      #expect(summary.stages[0].dropped == 0)
    }
  }

  /// A stop lets what is under way through; a termination does not wait for it.
  @Test(arguments: [threads, processes] + mixed)
  func aStopDrainsAndATerminationDoesNot(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      for terminates in [false, true] {
        let run = try Pipeline.chain(["numbers", "forward", "collect:1"], homes).start()
        // Under way: the last stage has had some.
        while run.summary.stages[2].processed < 20 { usleep(1000) }
        if terminates { run.terminate() } else { run.stop() }
        let summary = try run.wait()
        if terminates {
          #expect(summary.stages.allSatisfy { $0.end == .terminated })
        } else {
          #expect(summary.stages.map(\.end) == [.stopped, .finished, .finished])
          #expect(Set(summary.stages.map(\.processed)).count == 1)
          let count = summary.stages[0].processed
          #expect(count <= 30 || summary.stages[2].text == "\(count) from 0 in order")
        }
      }
    }
  }

  @Test func aStageProcessRunsOnItsCPUs() throws {
    try withWatchdog {
      let allowed = try CPUSet.ofCurrentThread()
      let cpu = try #require(allowed.first)
      var pipeline = Pipeline.forTests()
      pipeline.add("numbers", arguments: "100", home: .process, cpus: CPUSet(cpu...cpu))
      pipeline.add("collect", home: .thread, cpus: CPUSet(cpu...cpu))
      pipeline.connect("numbers", to: "collect")
      #expect(try pipeline.run()["collect"]?.text == "100 from 0 in order")
      pipeline = Pipeline.forTests()
      pipeline.add("numbers", arguments: "1", home: .process, cpus: CPUSet(60000...60000))
      let error = #expect(throws: PipelineError.self) { try pipeline.run() }
      #expect(error?.code == .startFailed && error?.stage == "numbers")
    }
  }

  @Test func aSummaryIsATableAndJSON() throws {
    try withWatchdog {
      let summary = try Pipeline.chain(["numbers:31", "collect"], threads).run()
      let lines = summary.description.split(separator: "\n")
      #expect(lines.count == 3 && lines[0].hasPrefix("stage"))
      #expect(lines[2].contains("31 from 0 in order"))
      let json = try JSONEncoder().encode(summary)
      #expect(try JSONDecoder().decode(PipelineSummary.self, from: json) == summary)
    }
  }
}
