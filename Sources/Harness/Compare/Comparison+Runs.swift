// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension Comparison {
  /// Compares the cells that two runs have in common.
  ///
  /// - Parameters:
  ///   - base: with the name it goes by.
  ///   - isForced: whether runs of two machines are compared, and then only as shares of their limits.
  /// - Throws: `ComparisonRefusal` when nothing may be compared.
  public init(
    base: (name: String, run: Run), head: (name: String, run: Run), isForced: Bool = false
  ) throws(ComparisonRefusal) {
    let isElsewhere = base.run.machine.fingerprint != head.run.machine.fingerprint
    guard isForced || !isElsewhere else {
      throw ComparisonRefusal(
        "\(base.name) is of another machine (\(base.run.machine.label)) than \(head.name) "
          + "(\(head.run.machine.label)); measure both on one, or say --force for shares of each machine's limits"
      )
    }
    guard base.run.build.configuration == head.run.build.configuration else {
      throw ComparisonRefusal(
        "\(base.name) is of a \(base.run.build.configuration) build, \(head.name) of a "
          + "\(head.run.build.configuration) build; record both with release builds")
    }
    self.init(
      method: isElsewhere ? .normalised : .unpaired, reference: base.name, subject: head.name)
    alarms = Self.alarms(base, head, isElsewhere: isElsewhere)
    for cell in head.run.cells where cell.status != .skipped {
      add(cell, base.run, head.run)
    }
    guard !rows.isEmpty else {
      throw ComparisonRefusal(
        "\(base.name) and \(head.name) have no cell to compare: "
          + (refused.first ?? "they have none in common") + "; record both with one job")
    }
  }

  private mutating func add(_ cell: RunCell, _ base: Run, _ head: Run) {
    let id = cell.cell.id
    guard let twin = base.cells.first(where: { $0.cell.id == id }) else {
      refused.append("\(id): \(Self.whyNoTwin(of: cell.cell, in: base))")
      return
    }
    if let bad = [(twin, reference), (cell, subject)].first(where: { $0.0.status != .ok }) {
      refused.append("\(id): \(bad.0.status.rawValue) in \(bad.1): \(bad.0.summary.reason ?? "")")
      return
    }
    guard let metric = cell.cell.primaryMetric,
      let before = metric.cost(twin.summary.metrics), let after = metric.cost(cell.summary.metrics)
    else {
      refused.append("\(id): no number in one of the runs")
      return
    }
    let factor: Double
    if method == .normalised {
      // A share is of the cell's limit: equal shares on two machines are equal work.
      guard let old = twin.summary.metrics.roof?.share, let new = cell.summary.metrics.roof?.share,
        new > 0
      else {
        refused.append("\(id): no limit was measured that it could be a share of")
        return
      }
      factor = (old / new) / (after / before)
    } else {
      factor = 1
    }
    let (first, second) = (
      Self.costs(twin, metric, Regimes(run: base)), Self.costs(cell, metric, Regimes(run: head))
    )
    guard let shift = Statistics.shift(from: first.map { log($0) }, to: second.map { log($0) })
    else {
      refused.append("\(id): no launch to compare in one of the runs")
      return
    }
    rows.append(
      Row(
        cell: cell.cell, reference: reference, subject: subject, metric: metric,
        referenceCost: before, cost: after,
        effect: Effect(
          logarithm: shift.median, interval: shift.interval, launches: [first.count, second.count],
          factor: factor)))
  }

  /// The cost of each launch that its own run compares.
  private static func costs(
    _ cell: RunCell, _ metric: PrimaryMetric, _ regimes: Regimes
  ) -> [Double] {
    regimes.comparable(cell.samples.filter { $0.errors.isEmpty }) { $0.link }
      .compactMap { metric.cost($0) }
  }

  /// Says what the nearest cell of the other run differs in.
  static func whyNoTwin(of cell: Cell, in run: Run) -> String {
    let near = run.cells.map(\.cell).filter {
      ($0.workload, $0.store, $0.serializer, $0.size) == (
        cell.workload, cell.store, cell.serializer, cell.size
      )
    }
    let differences = near.map { other in
      [
        ("load", "\(other.load)", "\(cell.load)"), ("wait", other.wait, cell.wait),
        ("verify", other.verification.rawValue, cell.verification.rawValue),
        ("placement", "\(other.placement)", "\(cell.placement)"),
        ("backpressure", other.backpressure.rawValue, cell.backpressure.rawValue),
        ("pages", "\(other.pages)", "\(cell.pages)"), ("depth", "\(other.depth)", "\(cell.depth)"),
        (
          "ends", "\(other.producers)p\(other.customers)c", "\(cell.producers)p\(cell.customers)c"
        ),
      ].filter { $0.1 != $0.2 }
    }
    guard let fewest = differences.min(by: { $0.count < $1.count }), !fewest.isEmpty else {
      return "only in one of the runs"
    }
    return "not like with like: "
      + fewest.map { "\($0.0) is \($0.1) in one and \($0.2) in the other" }.joined(separator: ", ")
  }

  private static func alarms(
    _ base: (name: String, run: Run), _ head: (name: String, run: Run), isElsewhere: Bool
  ) -> [String] {
    var alarms: [String] = []
    if isElsewhere {
      alarms.append(
        "two machines: ratios of shares of each machine's limits, which say nothing of a change; no verdict"
      )
    }
    if !base.run.build.isRelease {
      alarms.append("both runs are of \(base.run.build.configuration) builds")
    }
    for (name, run) in [base, head] where run.status == .partial {
      alarms.append("\(name) is a partial run")
    }
    let links = [base, head].compactMap { $0.run.roofline.cachelinePingPong?.p50.value }
    if !isElsewhere, let near = links.min(), let far = links.max(), far > near * Regimes.ratio {
      alarms.append(
        "the CPUs were \(Figures.text(near)) ns apart in one run and \(Figures.text(far)) ns in the other: the host "
          + "had moved them, and most of the difference may be that")
    }
    return alarms
  }

  private init(method: Method, reference: String, subject: String) {
    self.method = method
    self.reference = reference
    self.subject = subject
  }
}

extension Regimes {
  init(run: Run) { self.init(samples: run.cells.flatMap(\.samples)) }
}
