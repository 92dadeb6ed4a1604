// SPDX-License-Identifier: Apache-2.0
internal import Topology

extension PlacementMatrix {
  /// The blocks as tables whose colours say what their numbers say.
  func add(to document: inout Document) {
    for series in series {
      document.add(.heading(series.heading))
      for segment in series.segments {
        for part in series.table(segment).split(leading: 1, width: TerminalStyle.widest) {
          document.add(.table(part))
        }
      }
    }
    document.add(.list(Self.legend(run)))
  }

  private static func legend(_ run: Run) -> [String] {
    var lines = [
      "Rows are where the producer sat, columns where the customer sat, blocks where the segment"
        + " lived. An empty field is a placement that another one stands for.",
      "[low, high] is the 95 % interval over launches, missing below 6; ~ has fewer than 100 samples"
        + " beyond it. Colours, where there are any, go from the best to the worst of a table's kind.",
    ]
    if run.cells.contains(where: { $0.status == .ok && $0.summary.placement?.verified != true }) {
      lines.append("? stands behind a number whose placement could not be verified.")
    }
    return lines
  }
}

extension PlacementMatrix.Series {
  fileprivate func table(_ segment: String) -> Table {
    let unit = unit
    let columns = customers.filter { customer in
      entries.contains { $0.customer == customer && $0.segment == segment }
    }
    let rows = producers.filter { producer in
      entries.contains { $0.producer == producer && $0.segment == segment }
    }
    return Table(
      caption: "segment: \(segment)",
      columns: [.word("producer \\ customer")] + columns.map(Table.Column.number),
      rows: rows.map { producer in
        [Table.Field(producer)]
          + columns.map { field(entry(producer, $0, segment), unit) }
      })
  }

  private func field(_ entry: PlacementMatrix.Entry?, _ unit: ColumnUnit) -> Table.Field {
    guard let entry else { return Table.Field("") }
    guard entry.cell.status == .ok else { return Table.Field(entry.text(unit), .alarm) }
    return Table.Field(
      entry.text(unit), heat(of: entry).map { .heat(HeatMap.level($0)) } ?? .faint)
  }
}

extension Report {
  /// A run of placements as `weir matrix` prints it: the matrix without the details of each cell.
  public func matrixDocument() -> Document {
    guard let matrix = PlacementMatrix(run) else { return document() }
    var result = head()
    matrix.add(to: &result)
    addProblems(to: &result)
    return result
  }
}
