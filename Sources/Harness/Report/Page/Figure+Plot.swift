// SPDX-License-Identifier: Apache-2.0

extension Figure {
  /// The log-log picture of a metric by size.
  init?(_ plot: Plot) {
    let points = plot.lines.flatMap(\.points)
    guard let x = ChartScale(logarithmic: points.map { Double($0.size) }),
      let y = ChartScale(logarithmic: points.flatMap { [$0.low, $0.high] })
    else { return nil }
    var chart = Chart(x: x, y: y)
    chart.xAxis("message size", at: plot.sizes.map(Double.init)) { "\(ByteCount(Int($0)))" }
    chart.yAxis(at: y.ticks()) { Chart.tick($0, plot.quantity) }
    for (index, line) in plot.lines.enumerated() {
      chart.add(Self.line(line, index, on: chart, plot.quantity))
    }
    title = plot.axis
    let bars = "bars are 95 % intervals of the median of launches"
    remark = plot.remark.isEmpty ? bars : "\(bars); \(plot.remark)"
    legend = plot.lines.map { Entry(label: $0.label, look: ChartLook($0.look)) }
    svg = chart.svg(title)
    isWide = false
  }

  private static func line(
    _ line: Plot.Line, _ index: Int, on chart: Chart, _ quantity: Quantity
  ) -> String {
    let n = Markup.number
    let look = ChartLook(line.look)
    let path = line.points.map { "\(n(chart.px(Double($0.size)))) \(n(chart.py($0.value)))" }
    var markup = "<g class=\"s \(look.color)\" data-s=\"\(index)\">"
    markup += "<path class=\"l\"\(look.dashArray) d=\"M\(path.joined(separator: "L"))\"/>"
    for point in line.points where look.mark != nil {
      let (x, y) = (chart.px(Double(point.size)), chart.py(point.value))
      if point.low < point.high {
        markup +=
          "<path class=\"bar\" d=\"M\(n(x)) \(n(chart.py(point.low)))V\(n(chart.py(point.high)))\"/>"
      }
      let interval = point.low < point.high ? (point.low, point.high) : nil
      let text = CellEvidence.interval(quantity, point.value, interval?.0, interval?.1)
      markup += look.point(x, y)
      markup +=
        "><title>\(Markup.escaped("\(line.label), \(ByteCount(point.size)): \(text)"))</title></path>"
    }
    return markup + "</g>"
  }
}
