// SPDX-License-Identifier: Apache-2.0

/// What a few launches at one rate said.
public struct RateProbe: Sendable {
  public enum Verdict: String, Codable, Sendable {
    /// The rate was sustained and the bound kept.
    case held
    /// The rate was sustained, and responses took longer than the bound.
    case slow
    /// The transport did not take as many messages.
    case notSustained = "not-sustained"
    /// Too few messages came for the percentile to say anything.
    case tooFew = "too-few"
    /// It did not hold, and the load generator was what kept it: the transport may well do more.
    case generator
  }

  public let rate: Rate
  public let launches: Int
  public let achieved: Double?
  public let metrics: CellMetrics
  public let verdict: Verdict

  /// - Parameter summary: of the launches at `cell`'s rate.
  init(_ cell: Cell, _ rate: Rate, _ summary: CellSummary, bound: ResponseBound) {
    self.rate = rate
    launches = summary.launches
    achieved = summary.achievedPerSecond
    metrics = summary.metrics
    verdict = Self.verdict(cell, rate, summary, bound)
  }

  /// The same result at another rate, for tests of what follows from results.
  init(at rate: Rate, like other: RateProbe) {
    self.rate = rate
    (launches, achieved, metrics) = (other.launches, other.achieved, other.metrics)
    verdict = other.verdict
  }

  /// What it means for the search.
  var outcome: RateSearch.Outcome {
    switch verdict {
    case .held: .held
    case .slow: .slow
    case .notSustained, .tooFew, .generator: .beyond
    }
  }

  private static func verdict(
    _ cell: Cell, _ rate: Rate, _ summary: CellSummary, _ bound: ResponseBound
  ) -> Verdict {
    let metrics = summary.metrics
    guard summary.rateComplaint(cell) == nil else {
      // Less than an interval late is on time: what is missing then was dropped.
      let isLate =
        bound.percentile.estimate(metrics.ownLag)?.value ?? 0 > 1e9 / Double(rate.perSecond)
      let isOwn = isLate && isMostlyOwn(bound, of: metrics.lag, metrics)
      return isOwn || metrics.isGeneratorTooSlow(for: rate) ? .generator : .notSustained
    }
    guard let response = bound.percentile.estimate(metrics.response)?.value else { return .tooFew }
    if response <= Double(bound.limit.count) { return .held }
    let isOwn = isMostlyOwn(bound, of: metrics.response, metrics)
    return isOwn || metrics.isGeneratorTooSlow(for: rate) ? .generator : .slow
  }

  /// Whether more than half of a time is the generator's own lateness: without it, who knows.
  private static func isMostlyOwn(
    _ bound: ResponseBound, of time: LatencyMetrics?, _ metrics: CellMetrics
  ) -> Bool {
    guard let whole = bound.percentile.estimate(time)?.value,
      let own = bound.percentile.estimate(metrics.ownLag)?.value
    else { return false }
    return own > whole / 2
  }
}

/// Finds out whether a rate holds, by launches of fresh processes.
struct RateProber {
  let launcher: Launcher
  let bound: ResponseBound
  let arrivals: Load.Arrivals
  let seed: Int
  /// How far apart the CPUs of all launches so far were, whatever their rate.
  private var links: [LinkFingerprint] = []

  /// Launches that are added when those of a probe disagree about the bound, or when the host had moved
  /// the CPUs during some.
  static let added = 2

  init(launcher: Launcher, bound: ResponseBound, arrivals: Load.Arrivals, seed: Int) {
    self.launcher = launcher
    self.bound = bound
    self.arrivals = arrivals
    self.seed = seed
  }

  /// - Parameter cell: what is driven; its launches are those of one probe.
  /// - Throws: `LaunchError`; `HarnessError` (`run`) when messages were lost or the placement was
  ///   wrong: there is nothing to look for then.
  mutating func probe(_ base: Cell, at rate: Rate, _ seating: Seating) throws -> RateProbe {
    var cell = base
    cell.load = .open(rate, arrivals)
    var records: [LaunchRecord] = []
    func launch(_ count: Int) throws {
      for _ in 0..<count {
        let slot = LaunchSlot(cell: 0, id: cell.id, launch: records.count, planSeed: seed)
        let outcome = try launcher.launch(
          cell, seating: seating, launch: slot.launch, environmentPad: slot.environmentPad,
          seed: slot.seed)
        records.append(LaunchRecord(cell: cell, launch: slot.launch, outcome: outcome))
      }
    }
    try launch(cell.launches)
    let regimes = Regimes(links: links + records.compactMap(\.link))
    let compared = regimes.comparable(records) { $0.link }
    let keeping = compared.count { holds($0, cell) }
    if compared.count < records.count || (keeping > 0 && keeping < compared.count) {
      try launch(Self.added)
    }
    links += records.compactMap(\.link)
    let summary = CellSummary(
      cell, records: records, roofline: Roofline(), regimes: Regimes(links: links))
    try checkIntegrity(cell, summary)
    return RateProbe(cell, rate, summary, bound: bound)
  }

  private func holds(_ record: LaunchRecord, _ cell: Cell) -> Bool {
    let summary = CellSummary(cell, records: [record], roofline: Roofline(), regimes: .unknown)
    return RateProbe(cell, cell.load.rate ?? RateSearch.highest, summary, bound: bound).verdict
      == .held
  }

  private func checkIntegrity(_ cell: Cell, _ summary: CellSummary) throws {
    if let complaint = summary.integrity.complaint {
      throw SloError.integrity("\(cell.id): \(complaint); run `weir check \(cell.store)`")
    }
    if summary.placement?.verified == false || summary.integrity.received == 0 {
      throw SloError.invalid(
        "\(cell.id): \(summary.reason ?? "no message was received"); run `weir doctor`")
    }
  }
}

/// Why a search cannot go on.
public enum SloError: Error, CustomStringConvertible {
  /// Messages were lost, duplicated or damaged.
  case integrity(String)
  /// What was measured is not what was asked for.
  case invalid(String)

  public var description: String {
    switch self {
    case .integrity(let text), .invalid(let text): text
    }
  }
}
