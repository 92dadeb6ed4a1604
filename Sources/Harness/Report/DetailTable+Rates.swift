// SPDX-License-Identifier: Apache-2.0

extension DetailTable {
  func rateColumns() -> [(Table.Column, [Table.Field])] {
    [
      rate("msg", .messageRate, \.messagesPerSecond), rate("bytes", .bandwidth, \.bytesPerSecond),
    ]
  }

  private func rate(
    _ name: String, _ quantity: Quantity, _ metric: KeyPath<CellMetrics, Estimate?>
  ) -> (Table.Column, [Table.Field]) {
    let values = cells.map { cell in
      cell.status == .ok ? cell.summary.metrics[keyPath: metric] : nil
    }
    let unit = ColumnUnit(quantity, for: values.compactMap { $0?.value })
    // Messages carry their unit, `M/s`; bytes carry theirs, `GB/s`, which says bytes already.
    let header = name == "bytes" ? unit.label ?? name : unit.header(name)
    return (
      .number(header), values.map { .init($0.map { unit.text($0.value) } ?? "", rank: $0?.value) }
    )
  }

  static func cores(_ cell: RunCell) -> Table.Field {
    let cores = cell.summary.metrics.busyCores?.value
    return Table.Field(cores.map { Figures.text($0) } ?? "", rank: cores)
  }

  static func roof(_ cell: RunCell) -> Table.Field {
    guard let share = cell.summary.metrics.roof?.share else { return Table.Field("-") }
    return Table.Field("\(Figures.text(share * 100)) %", rank: share)
  }

  static func lost(_ cell: RunCell) -> Table.Field {
    guard !cell.samples.isEmpty else { return Table.Field("") }
    let bad = cell.summary.integrity.violations
    return Table.Field(Figures.grouped(bad), bad == 0 ? .none : .alarm, rank: Double(bad))
  }

  /// Nothing rather than a nought: a column without a count is left out.
  static func count(_ count: Int) -> Table.Field {
    Table.Field(count == 0 ? "" : Figures.grouped(count), rank: Double(count))
  }

  static func note(_ cell: RunCell, _ notes: inout Footnotes) -> String {
    var marks: [String] = []
    if cell.status != .ok { marks.append(cell.status.rawValue) }
    if cell.status == .ok, let reason = cell.summary.metrics.roof?.reason {
      marks.append(notes.mark("no roof: \(reason)"))
    }
    if cell.status == .ok, let all = cell.summary.metrics.messagesPerSecondWithQuarantined {
      let unit = ColumnUnit(.messageRate, for: [all.value])
      marks.append(
        notes.mark("\(unit.text(all.value)) \(unit.label ?? "") with quarantined slices"))
    }
    marks += cell.summary.warnings.map { notes.mark($0) }
    return marks.joined(separator: " ")
  }
}

/// Numbered remarks under the tables of a group, each written once.
struct Footnotes {
  private(set) var texts: [String] = []

  /// The number of a remark.
  mutating func mark(_ text: String) -> String {
    if let known = texts.firstIndex(of: text) { return "(\(known + 1))" }
    texts.append(text)
    return "(\(texts.count))"
  }

  var lines: [String] { texts.enumerated().map { "(\($0 + 1)) \($1)" } }
}
