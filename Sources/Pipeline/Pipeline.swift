// SPDX-License-Identifier: Apache-2.0
public import Serialization
internal import SharedMemory
public import Topology
public import Transport

/// Stages that pass frames on to each other, each in a thread of this process or in a process of its
/// own: REIP's blocks (reip-pipelines), thin.
///
/// A value: describe it, then ``run()`` it. Links choose their store by REIP's rule: by reference
/// between two threads, shared memory for large data between processes, a queue otherwise. Links from
/// one stage that agree on capacity, backpressure and item size share one ring.
///
/// The end travels with the stream: a stage is done when its inputs are, after it had every item of
/// them, and one stage being done ends no other. Not for circles.
public struct Pipeline: Sendable, Hashable, Codable {
  /// Where a stage runs.
  public enum Home: String, Sendable, Hashable, Codable {
    case thread
    /// A process of its own: the same executable, which calls ``StageMain/runIfAsked()``.
    case process
  }

  public struct Stage: Sendable, Hashable, Codable {
    public var name: String
    /// Registered name of what it does; see ``StageRegistry``.
    public var body: String
    /// What the body's factory gets.
    public var arguments: String
    public var home: Home
    /// CPUs it is bound to; nil leaves it where the system puts it.
    public var cpus: CPUSet?
  }

  public struct Link: Sendable, Hashable, Codable {
    public var from: String
    public var to: String
    public var throughput: ThroughputClass
    public var strategy: Strategy
    /// Items on their way at most.
    public var capacity: Int
    public var backpressure: Backpressure
    /// The largest payload, in bytes, where the link goes through shared memory.
    public var itemByteCount: Int
  }

  public private(set) var stages: [Stage] = []
  public private(set) var links: [Link] = []
  /// What stage processes execute.
  public var executable = "/proc/self/exe"

  public init() {}

  /// Adds a stage.
  ///
  /// - Parameters:
  ///   - body: registered name of what it does; the stage's own name by default.
  ///   - arguments: what the body's factory gets.
  ///   - cpus: CPUs it is bound to.
  public mutating func add(
    _ name: String, body: String? = nil, arguments: String = "", home: Home = .thread,
    cpus: CPUSet? = nil
  ) {
    stages.append(
      Stage(name: name, body: body ?? name, arguments: arguments, home: home, cpus: cpus))
  }

  /// Adds a link. A stage's inputs are in the order of its links.
  ///
  /// - Parameters:
  ///   - strategy: every item by default.
  ///   - capacity: items on their way at most.
  ///   - backpressure: what the sending stage does when the link is full; blocks by default.
  ///   - itemByteCount: the largest payload where the link goes through shared memory.
  public mutating func connect(
    _ from: String, to: String, throughput: ThroughputClass = .small, strategy: Strategy = .all,
    capacity: Int = 16, backpressure: Backpressure = .block, itemByteCount: Int = 1 << 20
  ) {
    links.append(
      Link(
        from: from, to: to, throughput: throughput, strategy: strategy, capacity: capacity,
        backpressure: backpressure, itemByteCount: itemByteCount))
  }

  /// Runs the pipeline to its end on threads and processes of its own, and waits for it.
  ///
  /// - Throws: ``PipelineError`` with the name of the stage that failed first and its error's text; the
  ///   other stages have been terminated then.
  public func run() throws(PipelineError) -> PipelineSummary {
    try start().wait()
  }

  /// The place of a stage.
  func place(of name: String) -> Int? { stages.firstIndex { $0.name == name } }

  /// Checks what can be known before anything is started.
  func validate() throws(PipelineError) {
    var names = Set<String>()
    for stage in stages where !names.insert(stage.name).inserted {
      throw PipelineError(
        .invalidPipeline, stage: stage.name, "the name is used twice; give each stage its own")
    }
    guard !stages.isEmpty else {
      throw PipelineError(.invalidPipeline, "the pipeline has no stages; add some")
    }
    for link in links {
      for end in [link.from, link.to] where !names.contains(end) {
        throw PipelineError(
          .invalidPipeline, "the link \(link.from) -> \(link.to) names no stage '\(end)'; add it")
      }
    }
    // Kahn's algorithm: stages whose inputs all come from stages taken before.
    var rest = stages.map(\.name)
    while !rest.isEmpty {
      let left = Set(rest)
      let next = rest.filter { name in !links.contains { $0.to == name && left.contains($0.from) } }
      if next.isEmpty {
        throw PipelineError(
          .invalidPipeline, "the links among \(rest.joined(separator: ", ")) are a circle; break it"
        )
      }
      rest.removeAll { next.contains($0) }
    }
  }
}
