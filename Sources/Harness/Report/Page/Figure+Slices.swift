// SPDX-License-Identifier: Apache-2.0

/// Slices over time, and under them, on the same axis, what the kernel counted meanwhile.
struct SlicePlot {
  let title: String
  let timeline: SliceTimeline
  let xName: String
  let xLabel: (Double) -> String
  let yLabel: (Double) -> String
  let yScale: ChartScale
  let isWide: Bool

  private static let rowHeight = 22.0

  /// Room for the names of the rows on the left, and for their largest values on the right.
  private var paper: Chart.Paper {
    Chart.Paper(width: isWide ? 900 : 560, height: 200, left: 94, right: 84)
  }

  /// A row of the ledger.
  private struct Row: Sendable {
    let name: String
    let value: @Sendable (Noise) -> Int?
    let isTime: Bool
  }

  private static let rows = [
    Row(name: "steal", value: { $0.steal }, isTime: true),
    Row(name: "run delay", value: { $0.runDelay }, isTime: true),
    Row(name: "sleeps", value: { $0.voluntarySwitches }, isTime: false),
    Row(name: "preempted", value: { $0.involuntarySwitches }, isTime: false),
    Row(
      name: "faults",
      value: { noise in noise.minorFaults.flatMap { a in noise.majorFaults.map { a + $0 } } },
      isTime: false),
    Row(name: "interrupts", value: { $0.interrupts }, isTime: false),
    Row(name: "CPU waits", value: { $0.cpuPressure }, isTime: true),
  ]

  /// A dot for each fate: a colour, and a mark of its own.
  static func look(_ fate: SliceTimeline.Fate) -> ChartLook {
    var look =
      switch fate {
      case .counted: ChartLook(color: "counted", mark: 0)
      case .nearer: ChartLook(color: "nearer", mark: 7)
      case .far: ChartLook(color: "far", mark: 2)
      case .mixed: ChartLook(color: "mixed", mark: 5)
      case .quarantined: ChartLook(color: "quarantined", mark: 3)
      }
    look.dotted = true
    return look
  }

  func figure() -> Figure? {
    guard !timeline.points.isEmpty, timeline.length > 0 else { return nil }
    var chart = Chart(
      x: ChartScale(linear: 0...timeline.length), y: yScale, on: paper)
    // Pressure and interrupts are recorded by newer builds only: no row where nobody asked.
    let known = Self.rows.filter { row in
      timeline.stretches.contains { $0.noise.flatMap(row.value) != nil }
    }
    let missing = Self.rows.prefix(5).filter { row in !known.contains { $0.name == row.name } }
    let foot = chart.base + 8 + Double(known.count) * Self.rowHeight
    chart.yAxis(at: yScale.ticks(), label: yLabel)
    for (index, row) in known.enumerated() {
      chart.add(ledger(row, top: chart.base + 8 + Double(index) * Self.rowHeight, on: chart))
    }
    let n = Markup.number
    for border in timeline.borders {
      chart.add(
        "<path class=\"border\" d=\"M\(n(chart.px(border))) \(n(Chart.top))V\(n(foot))\"/>")
    }
    chart.xAxis(xName, at: chart.x.ticks(6), label: xLabel, below: foot)
    let fates = SliceTimeline.Fate.allCases.filter { fate in
      timeline.points.contains { $0.fate == fate }
    }
    for (index, fate) in fates.enumerated() {
      let dots = timeline.points.filter { $0.fate == fate }
      chart.add(Self.dots(dots, index, Self.look(fate), on: chart))
    }
    let ledger =
      timeline.isFine
      ? "the ledger counts by slice" : "the ledger counts by launch, warm-up included"
    let lack =
      missing.isEmpty ? "" : "; unavailable: \(missing.map(\.name).joined(separator: ", "))"
    return Figure(
      title: title, remark: "\(ledger); the number beside a row is its highest bar\(lack)",
      legend: fates.map { fate in
        let count = timeline.points.count { $0.fate == fate }
        return .init(label: "\(fate.label) (\(count))", look: Self.look(fate))
      }, svg: chart.svg(title, total: foot + Chart.bottom), isWide: isWide)
  }

  private static func dots(
    _ points: [SliceTimeline.Point], _ index: Int, _ look: ChartLook, on chart: Chart
  ) -> String {
    let marks = points.map { point -> String in
      // What lies off the scale stands at its edge.
      let y = min(max(chart.y.position(point.value), 0), 1)
      return look.small(chart.px(point.x), chart.base - y * (chart.base - Chart.top))
    }
    return
      "<g class=\"s dots \(look.color)\" data-s=\"\(index)\"><path class=\"\(look.isOpen ? "o" : "f")\""
      + " d=\"\(marks.joined())\"/></g>"
  }

  private func ledger(_ row: Row, top: Double, on chart: Chart) -> String {
    let n = Markup.number
    let bars = timeline.stretches.compactMap { stretch in
      stretch.noise.flatMap(row.value).map { (stretch, Double($0)) }
    }
    let most = bars.map(\.1).max() ?? 0
    let base = top + Self.rowHeight - 4
    var path = ""
    for (stretch, value) in bars where value > 0 {
      let (left, right) = (chart.px(stretch.begin), chart.px(stretch.end))
      // A bar of less than a pixel would not be seen.
      let width = max(right - left - min(1, (right - left) / 4), 0.8)
      let height = max(value / most * (Self.rowHeight - 7), 0.8)
      path += "M\(n(left)) \(n(base))h\(n(width))v\(n(-height))h\(n(-width))z"
    }
    let largest = row.isTime ? CellEvidence.time(most) : Figures.grouped(Int(most))
    return "<text class=\"end\" x=\"\(n(chart.left - 6))\" y=\"\(n(base - 1))\">\(row.name)</text>"
      + "<path class=\"axis\" d=\"M\(n(chart.left)) \(n(base))H\(n(chart.edge))\"/>"
      + "<path class=\"ledger\" d=\"\(path)\"/>"
      + "<text x=\"\(n(chart.edge + 6))\" y=\"\(n(base - 1))\">\(Markup.escaped(largest))</text>"
  }
}

extension SlicePlot {
  init(_ cell: RunCell, regimes: Regimes) {
    let timeline = SliceTimeline(cell, regimes: regimes)
    let scale = ChartScale(fromZero: timeline.points.map(\.value))
    self.init(
      title: "messages per second, slice by slice", timeline: timeline,
      xName: "seconds measured, launches one after the other", xLabel: Chart.short,
      yLabel: { $0 == 0 ? "0" : Chart.tick($0, .messageRate) }, yScale: scale, isWide: false)
  }

  /// - Returns: nil for a group without slices.
  init?(_ group: ComparableGroup, regimes: Regimes) {
    let timeline = SliceTimeline(group, regimes: regimes)
    guard let scale = ChartScale(logarithmic: timeline.points.map(\.value)) else { return nil }
    self.init(
      title: "every slice of these cells, over the median of its cell", timeline: timeline,
      xName: "launch, all cells interleaved",
      xLabel: { $0.rounded() == $0 ? "\(Int($0))" : "" },
      yLabel: { "\(Chart.short($0))×" }, yScale: scale, isWide: true)
  }
}
