// SPDX-License-Identifier: Apache-2.0

/// The numbers of a cell; nil is unknown.
public struct CellMetrics: Hashable, Sendable {
  public var latency: LatencyMetrics?
  /// Open loop only: from the intended start.
  public var response: LatencyMetrics?
  /// Open loop only: from the actual start.
  public var service: LatencyMetrics?
  /// Open loop only: from the intended start to the actual one.
  public var lag: LatencyMetrics?
  /// Open loop only: the part of the lag that is the generator's own; of whole launches.
  public var ownLag: LatencyMetrics?
  /// Open loop only: nanoseconds that the generator takes for a message beside sending it.
  public var generatorCost: Double?
  /// Verified messages received, all customers together; quarantined slices and those of other regimes
  /// are left out here and in all latencies.
  public var messagesPerSecond: Estimate?
  public var bytesPerSecond: Estimate?
  /// The same with all slices of all launches; nil when none was left out.
  public var messagesPerSecondWithQuarantined: Estimate?
  /// Cores that all workers together kept busy, from the beginning of the warm-up on.
  public var busyCores: Estimate?
  public var roof: RoofShare?

  /// What a user waits: from the intended start where there is one.
  public var felt: LatencyMetrics? { response ?? latency }

  /// - Parameters:
  ///   - launches: the launches to compare, with what counts of each.
  ///   - everything: all launches that worked.
  init(
    _ cell: Cell, launches: [CountedLaunch], everything: [LaunchRecord], roofline: Roofline
  ) {
    func metrics(
      _ whole: KeyPath<LaunchRecord, [LatencyHistogram.Pair]>,
      _ part: KeyPath<SliceLatencies, [LatencyHistogram.Pair]>
    ) -> LatencyMetrics? {
      LatencyMetrics(kind: cell.latency, launches: launches.map { $0.latencies(whole, part) })
    }
    latency = metrics(\.latency, \.latency)
    response = metrics(\.response, \.response)
    service = metrics(\.service, \.service)
    lag = metrics(\.lag, \.lag)
    ownLag = LatencyMetrics(kind: cell.latency, launches: launches.map(\.record.ownLag))
    generatorCost = Statistics.median(launches.compactMap(\.record.generator?.costNanoseconds))
    messagesPerSecond = Estimate(launches: launches.compactMap(\.messageRate))
    bytesPerSecond = Estimate(launches: launches.compactMap(\.byteRate))
    busyCores = Estimate(launches: launches.compactMap(\.record.busyCores))
    let isPartial =
      everything.count > launches.count
      || launches.contains { !$0.leftOut.isEmpty || $0.counted.contains { $0.quarantine != nil } }
    messagesPerSecondWithQuarantined =
      isPartial
      ? Estimate(launches: everything.compactMap { $0.messageRate(everything: true) }) : nil
    roof =
      launches.isEmpty
      ? nil
      : RoofShare(
        cell, latency: latency, messages: messagesPerSecond, bytes: bytesPerSecond,
        roofline: roofline)
  }
}

extension CellMetrics: Codable {
  private enum CodingKeys: String, CodingKey {
    case latency = "latency_ns"
    case response = "response_ns"
    case service = "service_ns"
    case lag = "lag_ns"
    case ownLag = "own_lag_ns"
    case generatorCost = "generator_cost_ns"
    case messagesPerSecond = "messages_per_s"
    case bytesPerSecond = "bytes_per_s"
    case messagesPerSecondWithQuarantined = "messages_per_s_with_quarantined"
    case busyCores = "cores_busy"
    case roofShare = "roof_share"
    case roof
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    latency = try values.decodeIfPresent(LatencyMetrics.self, forKey: .latency)
    response = try values.decodeIfPresent(LatencyMetrics.self, forKey: .response)
    service = try values.decodeIfPresent(LatencyMetrics.self, forKey: .service)
    lag = try values.decodeIfPresent(LatencyMetrics.self, forKey: .lag)
    ownLag = try values.decodeIfPresent(LatencyMetrics.self, forKey: .ownLag)
    generatorCost = try values.decodeIfPresent(Double.self, forKey: .generatorCost)
    messagesPerSecond = try values.decodeIfPresent(Estimate.self, forKey: .messagesPerSecond)
    bytesPerSecond = try values.decodeIfPresent(Estimate.self, forKey: .bytesPerSecond)
    messagesPerSecondWithQuarantined = try values.decodeIfPresent(
      Estimate.self, forKey: .messagesPerSecondWithQuarantined)
    busyCores = try values.decodeIfPresent(Estimate.self, forKey: .busyCores)
    roof = try values.decodeIfPresent(RoofShare.self, forKey: .roof)
  }

  /// `roof_share` is the bare number for tools; `roof` says what it is a share of.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(latency, forKey: .latency)
    try values.encode(response, forKey: .response)
    try values.encode(service, forKey: .service)
    try values.encode(lag, forKey: .lag)
    try values.encodeIfPresent(ownLag, forKey: .ownLag)
    try values.encodeIfPresent(generatorCost, forKey: .generatorCost)
    try values.encode(messagesPerSecond, forKey: .messagesPerSecond)
    try values.encode(bytesPerSecond, forKey: .bytesPerSecond)
    try values.encode(
      messagesPerSecondWithQuarantined, forKey: .messagesPerSecondWithQuarantined)
    try values.encode(busyCores, forKey: .busyCores)
    try values.encode(roof?.share, forKey: .roofShare)
    try values.encode(roof, forKey: .roof)
  }
}
