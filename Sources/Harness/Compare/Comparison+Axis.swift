// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What cells of one run may be compared by; whatever else they are must be equal.
public enum ComparisonAxis: String, CaseIterable, Sendable {
  case store, serializer, depth

  /// Why cells are not compared by another part of what they are.
  static let refusals = [
    "load": "latencies under different loads are different things",
    "wait": "who polls burns a core to be sooner",
    "verify": "who checks less does less",
    "placement": "the distance of the CPUs would be compared and not the transport",
    "workload": "different workloads have different numbers",
    "size": "messages of different sizes are different work",
  ]

  /// - Throws: `ComparisonRefusal` for a part by which nothing is compared, and for an unknown one.
  public init(parsing text: String) throws(ComparisonRefusal) {
    guard let axis = ComparisonAxis(rawValue: text) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      let reason = Self.refusals[text] ?? "there is no such axis"
      throw ComparisonRefusal("--by \(text): \(reason); compare by \(known)")
    }
    self = axis
  }

  func value(of cell: Cell) -> String {
    switch self {
    case .store: cell.store
    case .serializer: cell.serializer
    case .depth: "\(cell.depth)"
    }
  }

  /// The cell that has another value here and is equal in everything else.
  func twin(of cell: Cell, _ value: String) -> Cell {
    var cell = cell
    switch self {
    case .store: cell.parameters.store = value
    case .serializer: cell.parameters.serializer = value
    case .depth: cell.parameters.depth = Int(value) ?? cell.depth
    }
    return cell
  }
}

extension Comparison {
  /// Compares the cells of one run with those that are equal but for one axis.
  ///
  /// - Throws: `ComparisonRefusal` when nothing may be compared.
  public init(
    _ run: Run, by axis: ComparisonAxis, reference: String
  ) throws(ComparisonRefusal) {
    let values = run.cells.filter { $0.status != .skipped }.map { axis.value(of: $0.cell) }
    guard values.contains(reference) else {
      let known = values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      throw ComparisonRefusal(
        "--reference \(reference): the run has no such \(axis.rawValue); it has "
          + known.joined(separator: ", "))
    }
    self.method = .paired
    self.reference = reference
    self.subject = axis.rawValue
    if !run.build.isRelease { alarms.append("the run is of a \(run.build.configuration) build") }
    if run.status == .partial { alarms.append("the run is partial") }
    let regimes = Regimes(run: run)
    for cell in run.cells where cell.status != .skipped && axis.value(of: cell.cell) != reference {
      add(cell, run, axis, regimes)
    }
    guard !rows.isEmpty else {
      throw ComparisonRefusal(
        "no two cells of the run are equal but for their \(axis.rawValue): "
          + (refused.first ?? "it has one only"))
    }
  }

  private mutating func add(
    _ cell: RunCell, _ run: Run, _ axis: ComparisonAxis, _ regimes: Regimes
  ) {
    let id = cell.cell.id
    let wanted = axis.twin(of: cell.cell, reference).id
    guard let twin = run.cells.first(where: { $0.cell.id == wanted && $0.status != .skipped })
    else {
      refused.append("\(id): the run has no such cell with \(axis.rawValue) \(reference)")
      return
    }
    if let bad = [twin, cell].first(where: { $0.status != .ok }) {
      refused.append("\(bad.cell.id): \(bad.status.rawValue): \(bad.summary.reason ?? "")")
      return
    }
    guard let metric = cell.cell.primaryMetric, metric == twin.cell.primaryMetric,
      let before = metric.cost(twin.summary.metrics), let after = metric.cost(cell.summary.metrics)
    else {
      refused.append("\(id): no number to compare")
      return
    }
    let ratios = Self.logRatios(twin, cell, metric, regimes)
    guard let median = Statistics.median(ratios) else {
      refused.append("\(id): no two launches of one round ran in one regime")
      return
    }
    rows.append(
      Row(
        cell: cell.cell, reference: reference, subject: axis.value(of: cell.cell), metric: metric,
        referenceCost: before, cost: after,
        effect: Effect(
          logarithm: median, interval: Statistics.signInterval(ratios), launches: [ratios.count])))
  }

  /// By pairs of launches of one round that ran in one regime.
  private static func logRatios(
    _ twin: RunCell, _ cell: RunCell, _ metric: PrimaryMetric, _ regimes: Regimes
  ) -> [Double] {
    cell.samples.compactMap { after in
      guard let before = twin.samples.first(where: { $0.launch == after.launch }),
        before.errors.isEmpty, after.errors.isEmpty, regimes.isPair(before.link, after.link),
        let old = metric.cost(before), let new = metric.cost(after)
      else { return nil }
      return log(new / old)
    }
  }
}
