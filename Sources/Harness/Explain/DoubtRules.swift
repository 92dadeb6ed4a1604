// SPDX-License-Identifier: Apache-2.0

/// Rules for what speaks against a cell's numbers, whatever bounds it.
enum DoubtRules {
  typealias Finding = Explanation.Finding

  static let all: [LimitRules.Rule] = [
    aboveRoof, hostRegime, steal, runDelay, quarantine, precision, drift, launches,
  ]

  static func aboveRoof(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    guard let roof = evidence.metrics.roof, let share = roof.share, let limit = roof.limit,
      share > CellSummary.highestShare
    else { return nil }
    return Finding(
      .aboveRoof,
      "above its roof: \(CellEvidence.percent(share)) of \(limit); the roof or the cell did different"
        + " work from what it says", remedy: "measure cell and roof again in one run")
  }

  /// So many launches elsewhere, and the rest is a selection to be careful with.
  static let elsewhereShare = 1.0 / 3

  static func hostRegime(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let counts = evidence.runCell.summary.regimes else {
      unavailable.append("whether the host moved the CPUs: nobody looked")
      return nil
    }
    let all = counts.values.reduce(0, +)
    let others = all - (counts[.close] ?? 0)
    guard all > 0, Double(others) >= elsewhereShare * Double(all) else { return nil }
    let names = [Regime.nearer, .far, .mixed].filter { counts[$0] ?? 0 > 0 }
      .map { "\(counts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
    return Finding(
      .hostRegime,
      "host regime: the host had moved the CPUs in \(others) of \(all) launches (\(names))",
      remedy: "run it again, or on CPUs that a host leaves alone")
  }

  static let stealShare = 0.01

  static func steal(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let steal = evidence.noise.steal else {
      unavailable.append("steal time: the kernel does not say")
      return nil
    }
    guard let cpus = evidence.run.machine.logicalCPUs, evidence.elapsed > 0 else { return nil }
    let share = Double(steal) / (evidence.elapsed * Double(cpus))
    guard share >= stealShare else { return nil }
    return Finding(
      .steal, "steal: the host took \(CellEvidence.percent(share)) of the CPUs' time",
      remedy: "measure when the host is quiet; `weir doctor` shows steal as it is now")
  }

  static let runDelayShare = 0.05

  static func runDelay(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let delay = evidence.noise.runDelay else {
      unavailable.append("run delay: the kernel does not count it")
      return nil
    }
    guard evidence.elapsed > 0 else { return nil }
    let share = Double(delay) / (evidence.elapsed * Double(evidence.ends))
    guard share >= runDelayShare else { return nil }
    let switches = evidence.noise.involuntarySwitches.map {
      ", with \(Figures.grouped($0)) involuntary switches"
    }
    return Finding(
      .runDelay,
      "run delay: its ends were ready but had no CPU for \(CellEvidence.percent(share)) of the time"
        + (switches ?? ""),
      remedy: "stop what else runs on its CPUs, or place the ends elsewhere")
  }

  static func quarantine(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    let (bad, all) = (
      evidence.quarantined.count, evidence.launches.reduce(0) { $0 + $1.slices.count }
    )
    guard bad > 0 else { return nil }
    let with = evidence.metrics.messagesPerSecondWithQuarantined
      .map { "; with them it would be \(CellEvidence.text($0, .messageRate))" }
    return Finding(.quarantine, "\(bad) of \(all) slices do not count\(with ?? "")")
  }

  /// An interval wider than this part of its value hides differences that matter.
  static let widestInterval = 0.2

  static func precision(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    guard let pace = evidence.pace else { return nil }
    guard let low = pace.low, let high = pace.high else {
      return Finding(
        .precision,
        "\(evidence.runCell.summary.launches) launch(es) compared: no 95 % interval below"
          + " \(BudgetFit.fewestLaunches), and only large differences can be told",
        remedy: "raise `launches`, or give the run a larger `budget`")
    }
    let width = (high - low) / pace.value
    guard width > widestInterval else { return nil }
    return Finding(
      .precision,
      "the interval is \(CellEvidence.percent(width)) of the value wide: smaller differences are not seen",
      remedy: "raise `launches`, or give the run a larger `budget`")
  }

  static func drift(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    guard let lag1 = evidence.runCell.summary.variance.lag1, lag1 > CellSummary.highestLag1 else {
      return nil
    }
    return Finding(
      .drift,
      "slices drift (lag-1 correlation \(Figures.text(lag1, digits: 2))): it had not settled",
      remedy: "lengthen `warmup` and `measure`")
  }

  /// Launches that differ by more than this, and by more than twice what their slices do.
  static let launchShare = 0.1

  static func launches(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    let variance = evidence.runCell.summary.variance
    guard let between = variance.betweenLaunches, let within = variance.withinLaunches,
      between >= launchShare, between > 2 * within
    else { return nil }
    return Finding(
      .launches,
      "launches settle at levels of their own: they differ by \(CellEvidence.percent(between)), the"
        + " slices within one by \(CellEvidence.percent(within))",
      remedy: "raise `launches`: where memory lands decides, and only fresh processes sample that")
  }
}
