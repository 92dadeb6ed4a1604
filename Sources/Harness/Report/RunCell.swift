// SPDX-License-Identifier: Apache-2.0

/// One cell of a run: what was asked, what came out, and the records it came from.
public struct RunCell: Hashable, Sendable {
  public let cell: Cell
  public let summary: CellSummary
  public let samples: [LaunchRecord]

  /// Summarises the records of a cell; a skipped cell has none.
  public init(_ cell: Cell, samples: [LaunchRecord], roofline: Roofline, regimes: Regimes) {
    self.init(
      cell,
      summary: CellSummary(cell, records: samples, roofline: roofline, regimes: regimes),
      samples: Self.stored(samples.sorted { $0.launch < $1.launch }, regimes))
  }

  init(_ cell: Cell, summary: CellSummary, samples: [LaunchRecord]) {
    self.cell = cell
    self.summary = summary
    self.samples = samples
  }

  public var status: CellStatus { summary.status }

  /// Without the latencies of slices that can be had from their launch's.
  private static func stored(_ samples: [LaunchRecord], _ regimes: Regimes) -> [LaunchRecord] {
    let counted = Dictionary(
      regimes.counted(samples.filter { $0.errors.isEmpty }).map { ($0.record.launch, $0) },
      uniquingKeysWith: { first, _ in first })
    return samples.map { sample in
      // A launch that is left out whole takes its latencies with it.
      counted[sample.launch]?.stored ?? CountedLaunch(sample) { _ in true }.stored
    }
  }
}

extension RunCell: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, status, reason, warnings, plan
    case parameters = "params"
    case load, placement, integrity, metrics, precision, variance, launches, regimes
    case sliceRegimes = "slice_regimes"
    case quarantineCauses = "quarantine_causes"
    case slices, noise, samples
  }

  private enum PlanKeys: String, CodingKey {
    case group
    case warmup = "warmup_ns"
    case measure = "measure_ns"
    case slice = "slice_ns"
    case launches, latency, roof, skip
  }

  private enum PlacementKeys: String, CodingKey { case requested, observed, verified }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let plan = try values.nestedContainer(keyedBy: PlanKeys.self, forKey: .plan)
    let load = try values.nestedContainer(keyedBy: Load.CodingKeys.self, forKey: .load)
    let place = try values.nestedContainer(keyedBy: PlacementKeys.self, forKey: .placement)
    cell = Cell(
      parameters: try values.decode(CellParameters.self, forKey: .parameters),
      load: try values.decode(Load.self, forKey: .load),
      placement: try place.decode(PlacementRequest.self, forKey: .requested),
      group: try plan.decodeIfPresent(String.self, forKey: .group),
      warmup: try plan.decode(Nanoseconds.self, forKey: .warmup),
      measure: try plan.decode(Nanoseconds.self, forKey: .measure),
      slice: try plan.decode(Nanoseconds.self, forKey: .slice),
      launches: try plan.decode(Int.self, forKey: .launches),
      latency: try plan.decode(LatencyKind.self, forKey: .latency),
      roof: try plan.decode(Roof.self, forKey: .roof),
      skip: try plan.decodeIfPresent(String.self, forKey: .skip))
    samples = try values.decode([LaunchRecord].self, forKey: .samples)
    summary = CellSummary(
      status: try values.decode(CellStatus.self, forKey: .status),
      reason: try values.decodeIfPresent(String.self, forKey: .reason),
      warnings: try values.decode([String].self, forKey: .warnings),
      metrics: try values.decode(CellMetrics.self, forKey: .metrics),
      integrity: try values.decodeIfPresent(Integrity.self, forKey: .integrity) ?? Integrity(),
      placement: try place.decodeIfPresent(ObservedPlacement.self, forKey: .observed),
      noise: try values.decode(Noise.self, forKey: .noise),
      variance: try values.decode(Variance.self, forKey: .variance),
      achievedPerSecond: try load.decodeIfPresent(Double.self, forKey: .achieved),
      launches: try values.decode(Int.self, forKey: .launches),
      regimes: try Self.regimes(values.decodeIfPresent([String: Int].self, forKey: .regimes)),
      sliceRegimes: try Self.regimes(
        values.decodeIfPresent([String: Int].self, forKey: .sliceRegimes)),
      quarantineCauses: try values.decodeIfPresent(String.self, forKey: .quarantineCauses))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cell.id, forKey: .id)
    try values.encode(summary.status, forKey: .status)
    try values.encode(summary.reason, forKey: .reason)
    try values.encode(summary.warnings, forKey: .warnings)
    try values.encode(cell.parameters, forKey: .parameters)
    // Counters nobody kept are unknown, not zero.
    try values.encode(samples.isEmpty ? nil : summary.integrity, forKey: .integrity)
    try values.encode(summary.metrics, forKey: .metrics)
    // Follows from the metrics, for tools.
    try values.encode(precision, forKey: .precision)
    try values.encode(summary.variance, forKey: .variance)
    try values.encode(summary.launches, forKey: .launches)
    try values.encode(Self.names(summary.regimes), forKey: .regimes)
    try values.encode(Self.names(summary.sliceRegimes), forKey: .sliceRegimes)
    try values.encode(summary.quarantineCauses, forKey: .quarantineCauses)
    try values.encode(samples.reduce(0) { $0 + $1.slices.count }, forKey: .slices)
    try values.encode(summary.noise, forKey: .noise)
    try values.encode(samples, forKey: .samples)
    var load = values.nestedContainer(keyedBy: Load.CodingKeys.self, forKey: .load)
    try cell.load.encode(into: &load)
    try load.encode(summary.achievedPerSecond, forKey: .achieved)
    var place = values.nestedContainer(keyedBy: PlacementKeys.self, forKey: .placement)
    try place.encode(cell.placement, forKey: .requested)
    try place.encode(summary.placement, forKey: .observed)
    try place.encode(summary.placement?.verified, forKey: .verified)
    var plan = values.nestedContainer(keyedBy: PlanKeys.self, forKey: .plan)
    try encodePlan(&plan)
  }

  private static func names(_ regimes: [Regime: Int]?) -> [String: Int]? {
    regimes.map { counts in
      Dictionary(
        counts.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
  }

  private static func regimes(_ names: [String: Int]?) -> [Regime: Int]? {
    names.map { counts in
      Dictionary(
        counts.compactMap { entry in Regime(rawValue: entry.key).map { ($0, entry.value) } },
        uniquingKeysWith: { first, _ in first })
    }
  }

  private func encodePlan(_ plan: inout KeyedEncodingContainer<PlanKeys>) throws {
    try plan.encode(cell.group, forKey: .group)
    try plan.encode(cell.warmup, forKey: .warmup)
    try plan.encode(cell.measure, forKey: .measure)
    try plan.encode(cell.slice, forKey: .slice)
    try plan.encode(cell.launches, forKey: .launches)
    try plan.encode(cell.latency, forKey: .latency)
    try plan.encode(cell.roof, forKey: .roof)
    try plan.encode(cell.skip, forKey: .skip)
  }
}
