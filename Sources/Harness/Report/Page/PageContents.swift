// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// What a page has more than a text: pictures, and every cell by itself.
struct PageContents {
  typealias Block = Document.Block

  private let run: Run
  private let explainer: Explainer

  init(_ run: Run) {
    self.run = run
    explainer = Explainer(run)
  }

  private var regimes: Regimes { explainer.regimes }

  /// For each table of the run what is best in it.
  var headlines: [Block] {
    let rows = ComparableGroup.all(in: run).flatMap { Headline.all(of: $0, explainer) }
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        Table(
          caption: "At a glance: the best of each size, and what has launches as good as its own",
          columns: [
            .word("workload"), .number("size"), .number("best"), .word("by"),
            .word("launches as good"),
          ], rows: rows.map(\.fields)))
    ]
  }

  /// Machine, job and checks, folded; the placements open.
  func provenance(machine: Machine?) -> [Block] {
    var blocks: [Block] = PlacementFigures(run, machine: run.machine.topology ?? machine).blocks
    blocks.append(.fold("The machine's own limits, by size", [.table(rooflineTable)]))
    if !run.machine.checks.isEmpty {
      blocks.append(
        .fold("What was found when it began (\(run.machine.checks.count) checks)", [.table(checks)])
      )
    }
    var how: [Block] = [
      .fact("started", run.header.started),
      .fact("command", run.header.command.joined(separator: " ")),
    ]
    if !run.header.overrides.isEmpty {
      how.append(.fact("overrides", run.header.overrides.joined(separator: " ")))
    }
    if let job = run.header.job { how.append(.source(job)) }
    return blocks + [.fold("Command and job", how)]
  }

  private var checks: Table {
    Table(
      caption: "", columns: [.word("state"), .word("check"), .word("value"), .word("remedy")],
      rows: run.machine.checks.map { check in
        [
          .init(check.state.rawValue, check.state == .bad ? .alarm : .none), .init(check.name),
          .init(check.value ?? ""), .init(check.hint ?? ""),
        ]
      })
  }

  private var rooflineTable: Table {
    let roofline = run.roofline
    let limits = [roofline.memcpy, roofline.read, roofline.write, roofline.stream]
    let sizes = Set(limits.flatMap(\.keys)).sorted()
    func field(_ limit: Roofline.Limit?, _ unit: ColumnUnit) -> Table.Field {
      limit.map { .init(unit.text($0.estimate.value), rank: $0.estimate.value) } ?? .init("")
    }
    let units = limits.enumerated().map { index, limits in
      ColumnUnit(index < 3 ? .bandwidth : .messageRate, for: limits.values.map(\.estimate.value))
    }
    let names = ["memcpy", "read", "write", "C ring"]
    return Table(
      caption: "", columns: [.number("size")] + zip(units, names).map { .number($0.header($1)) },
      rows: sizes.map { size in
        [.size(ByteCount(max(0, size)))] + zip(limits, units).map { field($0[size], $1) }
      }
    ).withoutEmptyColumns()
  }

  func figures(of group: ComparableGroup) -> [Block] {
    let plots = group.sizes.count > 1 && group.isGrid ? Plot.plots(group, run: run) : []
    let figures = plots.compactMap { Figure($0) } + percentiles(group)
    let slices = SlicePlot(group, regimes: regimes)?.figure()
    return (figures + [slices].compactMap { $0 }).map(Block.figure)
  }

  /// One for each size, since a line for each cell at every size could not be told apart.
  private func percentiles(_ group: ComparableGroup) -> [Figure] {
    let isOpen = group.first.load != .closed
    let kinds: [(String, KeyPath<LaunchRecord, [LatencyHistogram.Pair]>)] =
      isOpen
      ? [("response time", \.response), ("service time", \.service)] : [("latency", \.latency)]
    return group.sizes.flatMap { size in
      kinds.compactMap { name, pairs in
        let cells = group.cells.filter { $0.cell.size == size && $0.status == .ok }
        let curves = cells.compactMap { cell -> PercentilePlot.Curve? in
          let good = cell.samples.filter { $0.errors.isEmpty }
          let compared = regimes.comparable(good) { $0.link }
          guard let samples = LatencyCurve(compared.map { $0[keyPath: pairs] }) else { return nil }
          let pair = ComparableGroup.Pair(store: cell.cell.store, serializer: cell.cell.serializer)
          let depth = group.isGrid ? "" : " d\(cell.cell.depth)"
          return .init(
            label: pair.label + depth, look: Plot.look(pair, run: run), samples: samples)
        }
        return PercentilePlot(title: "\(size): \(name) by percentile", curves: curves).figure()
      }
    }
  }

  func cells(of group: ComparableGroup) -> [Block] {
    let count = group.cells.count == 1 ? "1 cell" : "\(group.cells.count) cells"
    return [
      .fold(
        "Each cell: what limits it, its slices, its integrity (\(count))", group.cells.map(cell))
    ]
  }

  private func cell(_ cell: RunCell) -> Block {
    let explanation = explainer.explain(cell)
    var blocks: [Block] = []
    if let reason = cell.summary.reason {
      blocks.append(.alarm("\(cell.status.rawValue): \(reason)"))
    }
    func add(_ name: String, _ lines: [String]) {
      if !lines.isEmpty { blocks.append(.fact(name, lines.joined(separator: " · "))) }
    }
    add("figures", explanation.figures)
    if cell.status == .ok { add("limited by", explanation.limits.map(\.text)) }
    add("doubts", explanation.doubts.map(\.text))
    add("guidelines", explanation.violations.map(\.text))
    add("quarantined", explanation.quarantined)
    add("try next", explanation.remedies)
    add("unavailable", explanation.unavailable)
    add("warnings", cell.summary.warnings)
    add("integrity", [cell.samples.isEmpty ? "nothing was counted" : Self.integrity(cell)])
    if let figure = SlicePlot(cell, regimes: regimes).figure() { blocks.append(.figure(figure)) }
    return .fold(cell.cell.id, blocks)
  }

  private static func integrity(_ cell: RunCell) -> String {
    let sums = cell.summary.integrity
    let counts: [(Int, String)] = [
      (sums.sent, "sent"), (sums.received, "received"), (sums.dropped, "dropped"),
      (sums.skipped, "skipped"), (sums.lost, "lost"), (sums.duplicated, "duplicated"),
      (sums.reordered, "reordered"), (sums.corrupt, "corrupt"), (sums.torn, "torn"),
    ]
    return counts.map { "\(Figures.grouped($0)) \($1)" }.joined(separator: ", ")
  }
}
