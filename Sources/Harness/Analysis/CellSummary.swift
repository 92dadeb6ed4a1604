// SPDX-License-Identifier: Apache-2.0

/// Whether a cell's numbers may be used.
public enum CellStatus: String, Codable, Sendable {
  case ok
  /// A backend or the machine cannot do it; nothing was measured.
  case skipped
  /// Measured, but a rule that makes numbers mean something was broken.
  case invalid
  /// A worker crashed, hung or reported an error.
  case failed
}

/// What the launches of one cell say together.
public struct CellSummary: Hashable, Sendable {
  public var status: CellStatus
  /// Why the status is not ok.
  public var reason: String?
  /// Things to know that do not make the numbers unusable.
  public var warnings: [String]
  public var metrics: CellMetrics
  public var integrity: Integrity
  public var placement: ObservedPlacement?
  public var noise: Noise
  public var variance: Variance
  /// Messages per second and producer that an open load achieved; nil when closed.
  public var achievedPerSecond: Double?
  /// Launches that worked and are compared: the close ones, if any.
  public var launches: Int
  /// Launches that worked by where they ran; nil when nobody looked.
  public var regimes: [Regime: Int]?
  /// Their slices by where each ran, by its own fingerprint; nil when none has one.
  public var sliceRegimes: [Regime: Int]?
  /// Slices by the causes that hold them back, such as `3 run delay, 1 steal`; nil when none is held.
  public var quarantineCauses: String?

  /// An open load that falls further behind than this share of its rate is not the load asked for.
  static let rateTolerance = 0.01

  /// Summarises the records of a cell, in launch order.
  ///
  /// - Parameter regimes: what close means in the run; metrics are of close slices, if there are any,
  ///   and everything else is of all of them.
  public init(
    _ cell: Cell, records: [LaunchRecord], roofline: Roofline, regimes: Regimes
  ) {
    let records = records.sorted { $0.launch < $1.launch }
    let good = records.filter { $0.errors.isEmpty }
    let compared = regimes.counted(good)
    metrics = CellMetrics(cell, launches: compared, everything: good, roofline: roofline)
    self.regimes = regimes.count(good)
    sliceRegimes = regimes.countSlices(good)
    let causes = good.flatMap(\.slices).compactMap(\.quarantine)
    quarantineCauses = causes.isEmpty ? nil : Quarantine.summary(causes)
    integrity = records.map(\.integrity).reduce(Integrity(), +)
    let seen = good.compactMap(\.placement)
    placement = seen.dropFirst().reduce(seen.first) { $0?.merged(with: $1) }
    if seen.count < good.count, placement?.verified == true { placement?.verified = nil }
    noise = Self.noise(good)
    variance = Variance(compared.map(\.sliceRates))
    launches = compared.count
    let rate = Estimate(launches: good.compactMap { $0.messageRate(everything: true) })
    achievedPerSecond =
      cell.load == .closed
      ? nil : rate.map { $0.value / Double(cell.producers * cell.customers) }
    (status, reason) = (.ok, nil)
    warnings = []
    (status, reason) = judge(cell, records)
    warnings = status == .skipped ? [] : advice(cell)
  }

  /// How far below its rate a load may stay: chance takes its share of a random one.
  private static func tolerance(_ cell: Cell, _ rate: Rate) -> Double {
    guard cell.load.arrivals == .poisson else { return rateTolerance }
    // Four standard deviations of a Poisson count of one launch.
    return rateTolerance + 4 / (Double(rate.perSecond) * cell.measure.seconds).squareRoot()
  }

  private static func noise(_ records: [LaunchRecord]) -> Noise {
    let each = records.map { record in
      var noise = record.noise
      noise.slices = record.slices.count
      noise.quarantinedSlices = record.slices.count { $0.quarantine != nil }
      return noise
    }
    return each.dropFirst().reduce(each.first ?? Noise(), +)
  }

  /// The gravest thing first: a crash explains a loss, a loss explains a low rate.
  private func judge(_ cell: Cell, _ records: [LaunchRecord]) -> (CellStatus, String?) {
    if let reason = cell.skip { return (.skipped, reason) }
    if let bad = records.first(where: { !$0.errors.isEmpty }) {
      return (.failed, "launch \(bad.launch): \(bad.errors.joined(separator: "; "))")
    }
    if records.isEmpty { return (.failed, "no launch completed") }
    if let complaint = records.lazy.compactMap({ $0.integrity.complaint }).first {
      return (.invalid, "integrity: \(integrity.complaint ?? complaint)")
    }
    if placement?.verified == false {
      return (.invalid, "placement: \(placement?.mismatch ?? "not where it was asked to be")")
    }
    if integrity.received == 0 { return (.invalid, "no message was received") }
    if let reason = rateComplaint(cell) { return (.invalid, reason) }
    if let reason = Self.traceComplaint(cell, records) { return (.invalid, reason) }
    return (.ok, nil)
  }

  /// How a rate was not sustained; nil when it was, and for loads without one.
  func rateComplaint(_ cell: Cell) -> String? {
    guard let target = cell.load.rate, let achieved = achievedPerSecond,
      achieved < Double(target.perSecond) * (1 - Self.tolerance(cell, target))
    else { return nil }
    let cause =
      metrics.isGeneratorTooSlow(for: target)
      ? "; the generator itself takes \(Figures.text(metrics.generatorCost ?? 0)) ns a message" : ""
    return "rate not sustained: \(Figures.text(achieved))/s of \(target)\(cause)"
  }

  /// A trace has bursts, and one at the end of a launch is behind its schedule for as long as it takes:
  /// that much of a launch is none the less sustained.
  static let traceTolerance = 0.05

  /// A trace has no one rate to compare with: it was not kept up with when launches end behind it.
  private static func traceComplaint(_ cell: Cell, _ records: [LaunchRecord]) -> String? {
    guard let trace = cell.load.trace,
      let behind = Statistics.median(
        records.compactMap { ($0.generator?.behind).map { Double($0.count) } })
    else { return nil }
    let launch = Double(cell.warmup.count + cell.measure.count)
    guard behind > traceTolerance * launch else { return nil }
    return "rate not sustained: after \(Figures.text(launch / 1e6)) ms of trace \(trace.path) its"
      + " messages started \(Figures.text(behind / 1e6)) ms late"
  }
}

extension CellSummary {
  /// Rebuilds a stored summary as it was, without judging it again.
  init(
    status: CellStatus, reason: String?, warnings: [String], metrics: CellMetrics,
    integrity: Integrity, placement: ObservedPlacement?, noise: Noise, variance: Variance,
    achievedPerSecond: Double?, launches: Int, regimes: [Regime: Int]?,
    sliceRegimes: [Regime: Int]?, quarantineCauses: String?
  ) {
    self.status = status
    self.reason = reason
    self.warnings = warnings
    self.metrics = metrics
    self.integrity = integrity
    self.placement = placement
    self.noise = noise
    self.variance = variance
    self.achievedPerSecond = achievedPerSecond
    self.launches = launches
    self.regimes = regimes
    self.sliceRegimes = sliceRegimes
    self.quarantineCauses = quarantineCauses
  }
}
