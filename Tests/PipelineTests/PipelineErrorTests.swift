// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Serialization
import Testing
import Transport
import TransportPeer

/// Stages that fail, and pipelines that cannot be.
@Suite(.timeLimit(.minutes(10))) struct PipelineErrorTests {
  private func failure(_ pipeline: Pipeline) throws -> PipelineError {
    let error = #expect(throws: PipelineError.self) { try pipeline.run() }
    return try #require(error)
  }

  /// The first cause comes out, whoever noticed first; everyone else is ended.
  @Test(arguments: [threads, processes] + mixed, ["failing:50", "failing:0"])
  func whatAStageThrowsStopsThePipeline(homes: [Pipeline.Home], body: String) throws {
    try withWatchdog {
      let error = try failure(Pipeline.chain(["numbers", body, "collect"], homes))
      #expect(error.code == .stageFailed && error.stage == "1-failing")
      #expect(error.cause == "number \(body.split(separator: ":")[1]) is refused; send another")
      #expect(error.summary?.stages.map(\.end) == [.terminated, .failed, .terminated])
    }
  }

  @Test(arguments: [threads, processes] + mixed)
  func aFailingSourceIsTheCause(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      let error = try failure(Pipeline.chain(["failing-source:9", "forward", "collect"], homes))
      #expect(
        error.stage == "0-failing-source" && error.description.contains("number 9 is refused"))
    }
  }

  /// SIGKILL at an item, in the first, the middle and the last place.
  @Test(arguments: [[Pipeline.Home.thread, .process, .thread], processes])
  func aKilledProcessStopsThePipeline(homes: [Pipeline.Home]) throws {
    try withWatchdog {
      for throughput in [ThroughputClass.small, .large] {
        let error = try failure(
          Pipeline.chain(["numbers", "dying:40", "collect"], homes, throughput: throughput))
        #expect(error.code == .stageDied && error.stage == "1-dying")
        #expect(error.cause == "its process was killed by signal 9 before its work was done")
        #expect(error.summary?.stages.map(\.end) == [.terminated, .died, .terminated])
      }
    }
  }

  @Test func unknownBodiesNameTheNearest() throws {
    for home in [Pipeline.Home.thread, .process] {
      var pipeline = Pipeline.forTests()
      pipeline.add("numbrs", home: home)
      let error = try failure(pipeline)
      #expect(error.cause.contains("did you mean 'numbers'?"))
      #expect(error.stage == "numbrs" || error.code == .unknownBody(nearest: "numbers"))
    }
  }

  @Test func impossiblePipelinesAreRefused() throws {
    #expect(try failure(Pipeline()).code == .invalidPipeline)
    var twice = Pipeline.forTests()
    twice.add("numbers")
    twice.add("numbers")
    #expect(try failure(twice).stage == "numbers")
    var nowhere = Pipeline.forTests()
    nowhere.add("numbers")
    nowhere.connect("numbers", to: "collect")
    #expect(try failure(nowhere).description.contains("no stage 'collect'"))
    var circle = Pipeline.chain(["forward", "forward"], threads)
    circle.connect("1-forward", to: "0-forward")
    #expect(try failure(circle).description.contains("circle"))
    let empty = Pipeline.chain(["numbers:1", "collect"], threads, capacity: 0)
    #expect(try failure(empty).code == .invalidPipeline)
    var absent = Pipeline.chain(["numbers:1", "collect"], processes)
    absent.executable = "/nonexistent/executable"
    #expect(try failure(absent).code == .startFailed)
  }

  /// An item that no link can carry names the stage and the remedy.
  @Test func anItemBeyondALinksSizeIsAnError() throws {
    try withWatchdog {
      var pipeline = Pipeline.forTests()
      StageRegistry.standard.register("large") { _ in
        .source({ try Payload.frame(0, count: 1 << 20) })
      }
      pipeline.add("large")
      pipeline.add("collect", home: .process)
      pipeline.connect("large", to: "collect", throughput: .large, capacity: 2, itemByteCount: 64)
      let error = try failure(pipeline)
      #expect(error.stage == "large" && error.cause.contains("does not fit"))
    }
  }
}
