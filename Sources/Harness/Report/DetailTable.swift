// SPDX-License-Identifier: Apache-2.0

/// One row per cell with everything that is known about it.
struct DetailTable {
  let caption: String
  let cells: [RunCell]
  let showsSize: Bool
  let showsDepth: Bool

  /// Blocks by size where sizes compare stores, one block where there is one store per size.
  static func all(of group: ComparableGroup) -> [DetailTable] {
    let depths = Set(group.cells.map { "\($0.cell.size) \($0.cell.depth)" })
    let showsDepth = depths.count > group.sizes.count
    let single = group.cells.count <= group.sizes.count || group.sizes.count == 1
    if single {
      let caption = group.sizes.count == 1 ? "\(group.sizes[0])" : "by size"
      return [
        DetailTable(
          caption: caption, cells: group.cells, showsSize: group.sizes.count > 1,
          showsDepth: showsDepth || group.sizes.count > 1)
      ]
    }
    return group.sizes.map { size in
      let cells = group.cells.filter { $0.cell.size == size }
      let depths = Set(cells.map(\.cell.depth)).sorted().map(String.init)
      return DetailTable(
        caption: "\(size), depth \(depths.joined(separator: " and "))", cells: cells,
        showsSize: false, showsDepth: showsDepth)
    }
  }

  /// - Parameter notes: collects what the note column refers to.
  func table(_ notes: inout Footnotes) -> Table {
    var columns: [Table.Column] = []
    var fields: [[Table.Field]] = cells.map { _ in [] }
    func add(_ column: Table.Column, _ texts: [Table.Field]) {
      columns.append(column)
      for (row, text) in texts.enumerated() { fields[row].append(text) }
    }
    if showsSize { add(.number("size"), cells.map { .size($0.cell.size) }) }
    add(.word("store"), cells.map { .init($0.cell.store) })
    add(.word("serializer"), cells.map { .init($0.cell.serializer) })
    if showsDepth {
      add(.number("depth"), cells.map { .init("\($0.cell.depth)", rank: Double($0.cell.depth)) })
    }
    for (column, texts) in latencyColumns() + rateColumns() { add(column, texts) }
    add(.number("cores"), cells.map { usable($0) ? Self.cores($0) : .init("") })
    add(.number("roof"), cells.map { usable($0) ? Self.roof($0) : .init("") })
    add(.number("lost"), cells.map(Self.lost))
    add(.number("dropped"), cells.map { Self.count($0.summary.integrity.dropped) })
    add(.number("skipped"), cells.map { Self.count($0.summary.integrity.skipped) })
    add(.word("note"), cells.map { .init(Self.note($0, &notes)) })
    return Table(caption: caption, columns: columns, rows: fields).withoutEmptyColumns()
  }

  /// How many leading columns name the row.
  var leading: Int { 2 + (showsSize ? 1 : 0) }

  private func usable(_ cell: RunCell) -> Bool { cell.status == .ok }

  private func latencyColumns() -> [(Table.Column, [Table.Field])] {
    let open = cells.contains { $0.summary.metrics.response != nil }
    if !open { return percentiles("", \.latency, tail: true) }
    return percentiles("resp ", \.response, tail: true)
      + percentiles("serv ", \.service, tail: false) + percentiles("lag ", \.lag, tail: false)
  }

  private func percentiles(
    _ prefix: String, _ kind: KeyPath<CellMetrics, LatencyMetrics?>, tail: Bool
  ) -> [(Table.Column, [Table.Field])] {
    let metrics = cells.map { usable($0) ? $0.summary.metrics[keyPath: kind] : nil }
    var columns = [Self.column("\(prefix)p50", metrics.map { $0?.p50 }, interval: true)]
    columns.append(Self.column("\(prefix)p99", metrics.map { $0?.p99 }, interval: false))
    if tail {
      columns.append(Self.column("\(prefix)p99.9", metrics.map { $0?.p999 }, interval: false))
    }
    return columns
  }

  private static func column(
    _ name: String, _ values: [PercentileEstimate?], interval: Bool
  ) -> (Table.Column, [Table.Field]) {
    let unit = ColumnUnit(.time, for: values.compactMap { $0?.value })
    let texts = values.map { value in
      guard let value else { return Table.Field("") }
      guard let number = value.value else { return Table.Field("-", .faint) }
      let mark = value.support == .weak ? "~" : ""
      guard interval, let low = value.low, let high = value.high else {
        return Table.Field(
          mark + unit.text(number), mark.isEmpty ? .none : .faint, rank: number)
      }
      return Table.Field(mark + unit.text(number, low: low, high: high), rank: number)
    }
    return (.number(unit.header(name) + (interval ? " [95 %]" : "")), texts)
  }
}

extension Table.Field {
  static func size(_ size: ByteCount) -> Table.Field {
    Table.Field("\(size)", rank: Double(size.bytes))
  }
}
