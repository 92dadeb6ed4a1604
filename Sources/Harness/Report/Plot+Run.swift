// SPDX-License-Identifier: Apache-2.0

extension Plot {
  /// The pictures a run is good for: those groups with at least two sizes.
  static func all(of run: Run) -> [Plot] {
    var taken: [String: Int] = [:]
    return ComparableGroup.all(in: run).filter { $0.sizes.count > 1 && $0.isGrid }
      .flatMap { group in
        let first = group.first
        let stem = slug(
          "\(first.workload)-\(first.load)-\(first.wait)-\(first.producers)p"
            + "\(first.customers)c")
        taken[stem, default: 0] += 1
        let count = taken[stem] ?? 1
        return plots(group, run: run, stem: count == 1 ? stem : "\(stem)-\(count)")
      }
  }

  struct Metric {
    let suffix: String
    let title: String
    let axis: String
    let quantity: Quantity
    let point: (RunCell) -> (value: Double?, low: Double?, high: Double?)
  }

  static func plots(_ group: ComparableGroup, run: Run, stem: String = "") -> [Plot] {
    metrics(group).compactMap { metric in
      let lines = series(group, metric, run: run)
      guard lines.contains(where: { $0.points.count > 1 }) else { return nil }
      return Plot(
        name: "\(stem)-\(metric.suffix)",
        title: "\(metric.title): \(group.first.workload), \(group.first.load), wait"
          + " \(group.first.wait), \(group.first.placement)",
        source: "\(run.machine.label) · \(run.build.label)"
          + (run.build.isRelease ? "" : " · DEBUG BUILD"),
        remark: remark(group, metric), axis: metric.axis, quantity: metric.quantity,
        lines: lines + roofs(group, metric, run: run))
    }
  }

  private static func metrics(_ group: ComparableGroup) -> [Metric] {
    let kind =
      switch group.first.latency {
      case .halfRoundTrip: "RTT/2"
      case .oneWay where group.measuresTime: "from the intended start"
      case .oneWay, .nothing: "one way"
      case .perSend: "producer's time per message"
      case .perGet: "customer's time for a get"
      }
    let latency = Metric(
      suffix: "latency", title: "Latency", axis: "p50 latency, \(kind), median of launches",
      quantity: .time
    ) { cell in
      let metrics = cell.summary.metrics
      let p50 = metrics.felt?.p50
      return (p50?.value, p50?.low, p50?.high)
    }
    let throughput = Metric(
      suffix: "throughput", title: "Throughput", axis: "payload received",
      quantity: .bandwidth
    ) { cell in
      let rate = cell.summary.metrics.bytesPerSecond
      return (rate?.value, rate?.low, rate?.high)
    }
    let messages = Metric(
      suffix: "messages", title: "Message rate", axis: "messages received",
      quantity: .messageRate
    ) { cell in
      let rate = cell.summary.metrics.messagesPerSecond
      return (rate?.value, rate?.low, rate?.high)
    }
    if group.measuresTime { return [latency] }
    return group.first.latency == .oneWay ? [throughput, messages, latency] : []
  }

  private static func series(
    _ group: ComparableGroup, _ metric: Metric, run: Run
  ) -> [Line] {
    group.pairs.compactMap { pair in
      let points = group.sizes.compactMap { size -> Point? in
        guard let cell = group.cell(pair, size), cell.status == .ok,
          metric.quantity != .bandwidth || movesBytes(cell)
        else { return nil }
        let (value, low, high) = metric.point(cell)
        guard let value, value > 0 else { return nil }
        return Point(size: size.bytes, value: value, low: low ?? value, high: high ?? value)
      }
      guard !points.isEmpty else { return nil }
      return Line(label: pair.label, look: look(pair, run: run), points: points)
    }
  }

  /// Colours follow the whole run, so that a store looks the same in all of its pictures.
  static func look(_ pair: ComparableGroup.Pair, run: Run) -> Look {
    Look(
      store: names(run, \.store).firstIndex(of: pair.store) ?? 0,
      serializer: names(run, \.serializer).firstIndex(of: pair.serializer) ?? 0)
  }

  private static func names(_ run: Run, _ name: KeyPath<Cell, String>) -> [String] {
    run.cells.reduce(into: []) { names, cell in
      let name = cell.cell[keyPath: name]
      if !names.contains(name) { names.append(name) }
    }
  }

  /// A reference handed over has a message rate; its bytes per second would dwarf all that move.
  private static func movesBytes(_ cell: RunCell) -> Bool {
    cell.cell.roof.kind != .unavailable || cell.cell.load != .closed
  }

  private static func remark(_ group: ComparableGroup, _ metric: Metric) -> String {
    guard metric.quantity == .bandwidth else { return "" }
    let still = Set(group.cells.filter { !movesBytes($0) }.map(\.cell.store)).sorted()
    return still.isEmpty ? "" : "without \(still.joined(separator: ", ")): nothing is copied"
  }

  /// Letters, digits, `.` and `-` only, for a file name.
  private static func slug(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
  }
}
