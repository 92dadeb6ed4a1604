// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// One point of a plan: what is measured, how long, how often, and against which limit.
public struct Cell: Codable, Hashable, Sendable {
  public var parameters: CellParameters
  public var load: Load
  public var placement: PlacementRequest
  /// The group of the job it comes from; nil for a job without groups.
  public var group: String?
  public var warmup: Nanoseconds
  public var measure: Nanoseconds
  public var slice: Nanoseconds
  public var launches: Int
  public var latency: LatencyKind
  public var roof: Roof
  /// Why it is not measured; nil when it is.
  public var skip: String?

  public init(
    parameters: CellParameters, load: Load = .closed, placement: PlacementRequest,
    group: String? = nil, warmup: Nanoseconds, measure: Nanoseconds, slice: Nanoseconds,
    launches: Int, latency: LatencyKind, roof: Roof, skip: String? = nil
  ) {
    self.parameters = parameters
    self.load = load
    self.placement = placement
    self.group = group
    self.warmup = warmup
    self.measure = measure
    self.slice = slice
    self.launches = launches
    self.latency = latency
    self.roof = roof
    self.skip = skip
  }

  public var workload: String { parameters.workload }
  public var store: String { parameters.store }
  public var serializer: String { parameters.serializer }
  public var size: ByteCount { parameters.size }
  public var wait: String { parameters.wait }
  public var producers: Int { parameters.producers }
  public var customers: Int { parameters.customers }
  public var depth: Int { parameters.depth }
  public var backpressure: Backpressure { parameters.backpressure }
  public var pages: SegmentPages { parameters.pages }
  public var replicas: Replicas { parameters.replicas }
  public var verification: Verification { parameters.verification }
}

extension Cell {
  /// Everything that makes a number comparable; equal ids mean comparable numbers.
  ///
  /// `stream/shm/large/1MiB/d64/block/park/closed/p=core:0,c=core:1,seg=producer/1p1c/v=full`
  public var id: String {
    [
      workload, store, serializer, size.description, "d\(depth)", backpressure.rawValue, wait,
      load.idPart, placement.description, pagesPart, replicasPart,
      "\(producers)p\(customers)c", "v=\(verification.rawValue)",
    ].compactMap { $0 }.joined(separator: "/")
  }

  /// Named only where it was asked for, so that ids of cells without a choice stay what they were.
  private var pagesPart: String? { pages == .automatic ? nil : "pages=\(pages)" }
  private var replicasPart: String? { replicas == .none ? nil : "replicas=\(replicas)" }

  /// What cells must share to stand in one table; store, serializer, size and depth may differ.
  public var comparableKey: String {
    [
      workload, backpressure.rawValue, wait, load.idPart, placement.description, pagesPart,
      replicasPart, "\(producers)p\(customers)c", "v=\(verification.rawValue)",
    ].compactMap { $0 }.joined(separator: "/")
  }
}

extension Cell {
  private enum CodingKeys: String, CodingKey {
    case id
    case parameters = "params"
    case load, placement, group
    case warmup = "warmup_ns"
    case measure = "measure_ns"
    case slice = "slice_ns"
    case launches, latency, roof, skip
    case estimate = "estimate_ns"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      parameters: try values.decode(CellParameters.self, forKey: .parameters),
      load: try values.decode(Load.self, forKey: .load),
      placement: try values.decode(PlacementRequest.self, forKey: .placement),
      group: try values.decodeIfPresent(String.self, forKey: .group),
      warmup: try values.decode(Nanoseconds.self, forKey: .warmup),
      measure: try values.decode(Nanoseconds.self, forKey: .measure),
      slice: try values.decode(Nanoseconds.self, forKey: .slice),
      launches: try values.decode(Int.self, forKey: .launches),
      latency: try values.decode(LatencyKind.self, forKey: .latency),
      roof: try values.decode(Roof.self, forKey: .roof),
      skip: try values.decodeIfPresent(String.self, forKey: .skip))
  }

  /// Writes the id and the time estimate too; both are recomputed when read.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(parameters, forKey: .parameters)
    try values.encode(load, forKey: .load)
    try values.encode(placement, forKey: .placement)
    try values.encode(group, forKey: .group)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(measure, forKey: .measure)
    try values.encode(slice, forKey: .slice)
    try values.encode(launches, forKey: .launches)
    try values.encode(latency, forKey: .latency)
    try values.encode(roof, forKey: .roof)
    try values.encode(skip, forKey: .skip)
    try values.encode(estimate, forKey: .estimate)
  }
}
