// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension Catalog {
  /// What a backend declares about itself; printed beside its numbers.
  public enum Capability: String, Codable, CaseIterable, Sendable {
    case crossProcess = "cross-process"
    case sameProcess = "same-process"
    case zeroCopyRead = "zero-copy-read"
    case zeroCopyWrite = "zero-copy-write"
    /// Hands over references: nothing is copied, so no memory bandwidth bounds it.
    case byReference = "by-reference"
    /// Somebody else's product, measured for comparison.
    case peer
    /// Moves nothing; shows what the harness itself costs.
    case null
  }

  /// A thing that can play the store's part in a cell, ours or a peer's.
  public struct Backend: Sendable {
    public let name: String
    public var summary = ""
    public var capabilities: Set<Capability>
    public var waits: [String]
    public var serializers: [String]
    public var workloads: [String]
    public var backpressures: [Backpressure] = [.block]
    /// What its segment can be made of; only `automatic` where it has none.
    public var pages: [SegmentPages] = [.automatic]
    /// Whether its segment can be copied to the nodes of its customers.
    public var replicas: [Replicas] = [.none]
    /// Load kinds it can be driven with: `closed`, `open`.
    public var loads: [String] = ["closed"]
    /// Whether one cell may have messages of several sizes, as a trace can ask for.
    public var takesMixedSizes = false
    /// Nil when there is no limit but memory.
    public var maximumMessage: ByteCount?
    /// Messages that it holds at most; nil when there is no limit but memory, or when its limit is in
    /// bytes.
    public var maximumDepth: Int?
    public var maximumProducers = 1
    public var maximumCustomers = 1
    /// Why it cannot do something; the general sentence is used where this has none.
    public var reasons: [Limit: String] = [:]
    /// A reason why it cannot run here at all, such as a missing library; nil when it can.
    public var unavailable: String?

    public init(
      name: String, capabilities: Set<Capability>, waits: [String], serializers: [String],
      workloads: [String]
    ) {
      self.name = name
      self.capabilities = capabilities
      self.waits = waits
      self.serializers = serializers
      self.workloads = workloads
    }
  }

  /// The things in which a backend can fall short of a cell.
  public enum Limit: String, Sendable {
    case wait, serializer, workload, backpressure, pages, replicas, load, size, depth, producers,
      customers
  }

  /// Why a backend cannot do what a cell asks, or nil when it can.
  ///
  /// The cell is then skipped with this reason, never replaced by something similar.
  public func skipReason(_ cell: Cell) -> String? {
    guard let backend = backend(cell.store) else { return "no backend is named \(cell.store)" }
    if let reason = backend.unavailable { return "\(backend.name): \(reason)" }
    if cell.load != .closed, workload(cell.workload)?.canBeOpen == false {
      return "\(cell.workload): has no schedule that an open load could set; use stream"
    }
    if cell.replicas != .none, workload(cell.workload)?.canBeRelayed == false {
      return "\(cell.workload): cannot pass through relays; use stream, or replicas: none"
    }
    guard let (limit, general) = backend.shortfall(cell) else { return nil }
    return "\(backend.name): \(backend.reasons[limit] ?? general)"
  }
}

extension Catalog.Backend {
  fileprivate func shortfall(_ cell: Cell) -> (Catalog.Limit, String)? {
    if !workloads.contains(cell.workload) { return (.workload, "cannot run \(cell.workload)") }
    if !serializers.contains(cell.serializer) {
      return (.serializer, "cannot carry what the \(cell.serializer) serializer makes")
    }
    if !waits.contains(cell.wait) { return (.wait, "cannot wait by \(cell.wait)") }
    if !backpressures.contains(cell.backpressure) {
      return (.backpressure, "has no \(cell.backpressure.rawValue) backpressure")
    }
    if !pages.contains(cell.pages) {
      return (.pages, "has no segment that could be of \(cell.pages) pages")
    }
    if !replicas.contains(cell.replicas) {
      return (.replicas, "has no segment that could be copied to other nodes")
    }
    if !loads.contains(cell.load.kind) { return (.load, "cannot be driven by \(cell.load)") }
    if cell.load.trace?.sizes != nil, !takesMixedSizes {
      return (.load, "carries messages of one size; replay a trace without size_bytes")
    }
    if let maximum = maximumMessage, cell.size > maximum {
      return (.size, "takes messages up to \(maximum)")
    }
    if let maximum = maximumDepth, cell.depth > maximum {
      return (.depth, "holds at most \(maximum) message(s)")
    }
    if cell.producers > maximumProducers {
      return (.producers, "takes at most \(maximumProducers) producer(s)")
    }
    if cell.customers > maximumCustomers {
      return (.customers, "takes at most \(maximumCustomers) customer(s)")
    }
    return nil
  }
}
