// SPDX-License-Identifier: Apache-2.0

extension CellSummary {
  /// Neighbouring slices that agree more than this are not independent.
  static let highestLag1 = 0.3
  /// More quarantined slices than this share means the machine was busy.
  static let highestQuarantine = 0.1

  /// A share above this means that the roof is not one, or that the cell did not do the work.
  static let highestShare = 1.1

  /// What a careful reader would want to be told about numbers that do count.
  func advice(_ cell: Cell) -> [String] {
    var advice: [String] = []
    if launches > 0, launches < BudgetFit.fewestLaunches {
      advice.append(
        "\(launches) launch(es): no 95 % interval below \(BudgetFit.fewestLaunches);"
          + " raise `launches`")
    }
    if let sliceRegimes, let moved = movedAdvice(sliceRegimes, of: "slice") {
      advice.append(moved)
    } else if sliceRegimes == nil, let regimes, let moved = movedAdvice(regimes, of: "launch") {
      advice.append(moved)
    }
    if launches < cell.launches {
      advice.append("\(launches) of \(cell.launches) launches")
    }
    if let placement {
      if placement.verified == nil { advice.append("placement could not be verified") }
    } else if launches > 0 {
      advice.append("placement was not observed")
    }
    if let lag1 = variance.lag1, lag1 > Self.highestLag1 {
      advice.append("slices drift (lag-1 correlation \(Figures.text(lag1, digits: 2)))")
    }
    if let bad = noise.quarantinedSlices, let all = noise.slices,
      Double(bad) > Double(all) * Self.highestQuarantine
    {
      let causes = quarantineCauses.map { " (\($0))" } ?? ""
      advice.append("\(bad) of \(all) slices quarantined\(causes): the machine was busy")
    }
    if let share = metrics.roof?.share, share > Self.highestShare {
      advice.append("above its roof: the roof or the cell did different work from what it says")
    }
    if let migrations = noise.migrations, migrations > 0 {
      advice.append("\(migrations) migration(s) while measuring")
    }
    if let faults = noise.majorFaults, faults > 0 {
      advice.append("\(faults) major fault(s) while measuring")
    }
    if let overflow = metrics.latency?.overflow, overflow > 0 {
      advice.append("\(overflow) latencies above an hour")
    }
    return advice
  }

  /// What the host's moving of virtual CPUs did to the slices, or to launches whose ends did not meet.
  private func movedAdvice(_ regimes: [Regime: Int], of what: String) -> String? {
    let others = [Regime.nearer, .far, .mixed].map { ($0.rawValue, regimes[$0] ?? 0) }
      .filter { $0.1 > 0 }
    guard !others.isEmpty else { return nil }
    let counts = others.map { "\($0.1) \($0.0)" }.joined(separator: " and ")
    return regimes[.close] ?? 0 > 0
      ? "\(counts) \(what)(\(what == "launch" ? "es" : "s")) left out: the host had moved the CPUs"
      : "no \(what) ran with its CPUs where they mostly were: \(counts); not comparable, run again"
  }
}
