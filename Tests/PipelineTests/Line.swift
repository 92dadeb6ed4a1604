// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Serialization
import Transport
import TransportPeer

extension Pipeline {
  /// A pipeline whose processes are this package's test peer.
  static func forTests() -> Pipeline {
    Stages.register()
    var pipeline = Pipeline()
    pipeline.executable = Child.peerPath()
    return pipeline
  }

  /// A chain of stages, `body:arguments` each, in the homes given.
  static func chain(
    _ bodies: [String], _ homes: [Home], throughput: ThroughputClass = .small,
    strategy: Strategy = .all, capacity: Int = 16, backpressure: Backpressure = .block
  ) -> Pipeline {
    var pipeline = forTests()
    for (place, body) in bodies.enumerated() {
      let parts = body.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      pipeline.add(
        "\(place)-\(parts[0])", body: parts[0], arguments: parts.count > 1 ? parts[1] : "",
        home: homes[place % homes.count])
    }
    for place in pipeline.stages.indices.dropLast() {
      pipeline.connect(
        pipeline.stages[place].name, to: pipeline.stages[place + 1].name, throughput: throughput,
        strategy: strategy, capacity: capacity, backpressure: backpressure, itemByteCount: 64)
    }
    return pipeline
  }
}

let threads = [Pipeline.Home.thread]
let processes = [Pipeline.Home.process]
/// Every mix of three stages' homes that is neither.
let mixed: [[Pipeline.Home]] = [
  [.thread, .process, .thread], [.process, .thread, .process], [.thread, .thread, .process],
]
