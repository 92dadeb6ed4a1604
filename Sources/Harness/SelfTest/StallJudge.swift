// SPDX-License-Identifier: Apache-2.0

/// Whether the harness shows a stall to those who waited for it, and only to them.
public struct StallJudge: Sendable {
  let test: SelfTestCase
  /// What the same store does when it never blocks.
  let control: SelfTestCase
  let form: StallForm
  static let check = "open load"

  /// Of the closed form, either way: catching up takes its time.
  static let tolerance = 0.05

  public init(_ test: SelfTestCase, control: SelfTestCase, form: StallForm) {
    self.test = test
    self.control = control
    self.form = form
  }

  public func rows() -> [SelfTestRow] {
    let refusals = [test, control].compactMap { $0.refusal(Self.check, $0.cell.cell.store) }
    if !refusals.isEmpty { return refusals }
    return [formRow("p99", 0.99, \.p99), formRow("p99.9", 0.999, \.p999)]
      + [
        reckoned(test, "response p99, own reckoning", 0.99), median(test), unmoved(),
        validity(test),
      ]
      + [reckoned(control, "response p50, own reckoning", 0.5), median(control), quietRow()]
      + [validity(control)]
  }

  // MARK: The closed form

  private func formRow(
    _ name: String, _ quantile: Double, _ percentile: KeyPath<LatencyMetrics, PercentileEstimate>
  ) -> SelfTestRow {
    let expected = form.response(quantile)
    var row = self.row(test, "response \(name)", SelfTestText.time(expected))
    guard let value = test.summary.metrics.response?[keyPath: percentile].value else {
      row.verdict = .unavailable
      row.note = "too few messages for \(name)"
      return row
    }
    row.found = SelfTestText.time(value)
    row.note = "\(SelfTestText.signed((value / expected - 1) * 100)) % of the closed form"
    row.verdict = abs(value / expected - 1) <= Self.tolerance ? .held : .missed
    return row
  }

  /// The control must not show a stall: a check that sees one everywhere would be worth nothing.
  private func quietRow() -> SelfTestRow {
    let limit = Self.tolerance * Double(form.length.count)
    var row = self.row(control, "response p99", "below \(SelfTestText.time(limit))")
    guard let value = control.summary.metrics.response?.p99.value else {
      row.verdict = .unavailable
      row.note = "too few messages for p99"
      return row
    }
    row.found = SelfTestText.time(value)
    row.verdict = value < limit ? .held : .missed
    return row
  }

  // MARK: The store's own reckoning

  /// Response times launch by launch, against an even schedule that the store reckons for itself; where
  /// no message at all was on time, it reckons from too late.
  private func reckoned(_ test: SelfTestCase, _ what: String, _ quantile: Double) -> SelfTestRow {
    guard let rate = test.cell.cell.load.rate else { return row(test, what, "an open load") }
    let interval = 1e9 / Double(rate.perSecond)
    return compare(test, what, \.response, quantile, margin(test)) {
      $0.responses(interval: interval)
    }
  }

  /// Most messages met no stall, and nothing that happens to a few moves their median.
  private func median(_ test: SelfTestCase) -> SelfTestRow {
    var row = compare(test, "service p50", \.service, 0.5, margin(test), Self.unstalled)
    row.cause = nil
    return row
  }

  /// Of the length of a stall: what a service time may be off and still be that of a store that does
  /// not block. Not less: beyond the p99 of an operation of microseconds lies what the machine does to
  /// any loop, and a look at the clock more or less decides who it happens to.
  static let unmovedShare = 0.01

  /// The service time of those that met no stall is that of all: one in thousands did.
  private func unmoved() -> SelfTestRow {
    let bearable = Self.unmovedShare * Double(form.length.count)
    return compare(test, "service p99", \.service, 0.99, .init(added: bearable), Self.unstalled)
  }

  private static func unstalled(_ truth: LaunchTruth) -> [Double] {
    truth.operations.filter { !$0.isStalled }.map(\.taken)
  }

  private func margin(_ test: SelfTestCase) -> QuantileBracket.Margin {
    // In a debug build the generator's bookkeeping before a put is longer than the put.
    .init(test, clockReads: Self.clockReads, unoptimised: 20_000)
  }

  /// Between the generator's stamp and the store's lie the generator's own histogram and two words.
  private static let clockReads = 12.0

  private func compare(
    _ test: SelfTestCase, _ what: String, _ pairs: KeyPath<LaunchRecord, [LatencyHistogram.Pair]>,
    _ quantile: Double, _ margin: QuantileBracket.Margin, _ times: (LaunchTruth) -> [Double]
  ) -> SelfTestRow {
    var row = self.row(test, what, "")
    var worst = -1.0
    for (sample, truth) in zip(test.cell.samples, test.completeTruths ?? []) {
      let own = times(truth).sorted()
      let found = LatencyHistogram(sample[keyPath: pairs])
      guard let value = found.value(at: quantile),
        let bracket = QuantileBracket(
          sorted: own, quantile: quantile, slack: Self.slack(own.count, found.count))
      else {
        row.note = "launch \(sample.launch) has no messages"
        return row
      }
      let difference = value - bracket.value
      let holds = bracket.holds(value, margin)
      if abs(difference) > worst || !holds {
        worst = abs(difference)
        row.expected = SelfTestText.time(bracket.value)
        row.found = SelfTestText.time(value)
        row.note = "\(SelfTestText.signed(difference)) ns in launch \(sample.launch)"
      }
      if !holds { return row }
    }
    row.verdict = .held
    return row
  }

  /// One message in so many may be held up between the store's look at the clock and the harness's.
  private static let heldUpOnce = 1000

  /// Ranks: those, and messages that only one of the two counts.
  private static func slack(_ own: Int, _ found: Int) -> Int {
    1 + abs(found - own) + own / heldUpOnce
  }

  private func validity(_ test: SelfTestCase) -> SelfTestRow {
    var row = self.row(test, "cell", "ok")
    row.found = test.summary.status.rawValue
    row.verdict = test.summary.status == .ok ? .held : .missed
    row.note = test.summary.reason ?? ""
    return row
  }

  /// A row that missed unless it is shown to have held.
  private func row(_ test: SelfTestCase, _ what: String, _ expected: String) -> SelfTestRow {
    SelfTestRow(
      Self.check, "\(test.cell.cell.store) \(what)", expected: expected, found: "-",
      verdict: .missed,
      cause: test.disturbance(beyond: Double(form.length.count) * Self.tolerance),
      cells: [self.test, control].map(\.cell.cell.id))
  }
}
