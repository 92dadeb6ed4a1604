// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// The rings of a pipeline and who gets which end, made before any stage runs.
///
/// Used by the thread that makes it, then by the conductor alone.
final class PipelineWiring: @unchecked Sendable {
  // Sendable: handed from the thread that makes it to the conductor, once.

  /// What is to become one stage's ports.
  final class Ends {
    var tickets: [SourceTicket<Frame>] = []
    var rings: [Ring] = []
  }

  /// A fresh producer until somebody takes it.
  final class Ring {
    private var producer: Producer<Frame>?
    init(_ producer: consuming Producer<Frame>) { self.producer = consume producer }

    func take() throws(TransportError) -> Producer<Frame> {
      guard let producer = producer.take() else {
        throw TransportError(.unsupported, "this output was taken before; make another pipeline")
      }
      return producer
    }
  }

  private(set) var ends: [Ends]

  /// Room for header and metadata of an item beside its payload.
  private static let overheadByteCount = 4096

  /// What links of one stage must agree on to share a ring.
  private struct RingKey: Hashable {
    var capacity: Int
    var backpressure: Backpressure
    var itemByteCount: Int
  }

  init(_ pipeline: Pipeline) throws(PipelineError) {
    ends = pipeline.stages.map { _ in Ends() }
    // A stage's inputs keep the order of the links, whatever rings these share.
    var tickets = [SourceTicket<Frame>?](repeating: nil, count: pipeline.links.count)
    for (place, stage) in pipeline.stages.enumerated() {
      var keys: [RingKey] = []
      for link in pipeline.links where link.from == stage.name {
        let key = Self.key(link)
        if !keys.contains(key) { keys.append(key) }
      }
      for key in keys {
        let links = pipeline.links.indices.filter {
          pipeline.links[$0].from == stage.name && Self.key(pipeline.links[$0]) == key
        }
        var producer = try Self.producer(key, customers: links.count, stage.name)
        for link in links {
          tickets[link] = try Self.source(&producer, pipeline.links[link], stage, in: pipeline)
        }
        ends[place].rings.append(Ring(producer))
      }
    }
    for (link, ticket) in zip(pipeline.links, tickets) {
      if let ticket, let place = pipeline.place(of: link.to) { ends[place].tickets.append(ticket) }
    }
  }

  private static func key(_ link: Pipeline.Link) -> RingKey {
    RingKey(
      capacity: link.capacity, backpressure: link.backpressure, itemByteCount: link.itemByteCount)
  }

  private static func producer(
    _ key: RingKey, customers: Int, _ stage: String
  ) throws(PipelineError) -> Producer<Frame> {
    do throws(TransportError) {
      return try Producer<Frame>(
        ProducerConfiguration(
          capacity: key.capacity,
          arenaByteCount: ProducerConfiguration.arenaByteCount(
            depth: max(0, key.capacity),
            itemByteCount: max(0, key.itemByteCount) + overheadByteCount),
          customerLimit: customers, backpressure: key.backpressure))
    } catch {
      throw PipelineError(.invalidPipeline, stage: stage, error.description)
    }
  }

  private static func source(
    _ producer: inout Producer<Frame>, _ link: Pipeline.Link, _ from: Pipeline.Stage,
    in pipeline: Pipeline
  ) throws(PipelineError) -> SourceTicket<Frame> {
    let to = pipeline.place(of: link.to).map { pipeline.stages[$0] }
    let isTogether = from.home == .thread && to?.home == .thread
    do throws(TransportError) {
      return try producer.makeSource(
        context: isTogether ? .sameProcess : .otherProcess, throughput: link.throughput,
        strategy: link.strategy)
    } catch {
      throw PipelineError(
        .invalidPipeline, stage: from.name, "link to \(link.to): \(error.description)")
    }
  }

  /// The ports of a stage that runs in a thread of this process.
  func ports(_ place: Int) throws(TransportError) -> StagePorts {
    let ports = StagePorts()
    for ticket in ends[place].tickets {
      ports.inlets.append(Inlet(try Customer(ticket)))
    }
    for ring in ends[place].rings { ports.outlets.append(Outlet(try ring.take())) }
    ends[place] = Ends()
    return ports
  }
}
