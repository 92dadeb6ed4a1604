// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The latencies of several cells by percentile, on an axis that gives each further nine the same room.
///
/// After G. Tene's HdrHistogram plots.
struct PercentilePlot {
  struct Curve {
    let label: String
    let look: Plot.Look
    let samples: LatencyCurve
  }

  let title: String
  let curves: [Curve]

  /// Points read from each decade of 1/(1-p); more would not be seen at this width.
  static let pointsPerDecade = 12

  func figure() -> Figure? {
    let read = curves.map { Self.points($0.samples) }
    let all = read.joined()
    guard let far = all.map(\.x).max(), far > 1, let y = ChartScale(logarithmic: all.map(\.y))
    else {
      return nil
    }
    var chart = Chart(x: ChartScale(linear: 0...log10(far)), y: y)
    let ticks = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]
    chart.xAxis("percentile", at: ticks.map { log10(1 / (1 - $0)) }.filter { $0 <= log10(far) }) {
      let share = (1 - pow(10, -$0)) * 100
      return "\(Chart.short(Figures.round(share, digits: share > 99 ? 7 : 3)))"
        .replacingOccurrences(of: "100", with: Self.nines($0)) + " %"
    }
    chart.yAxis(at: y.ticks()) { Chart.tick($0, .time) }
    for (index, curve) in curves.enumerated() where !read[index].isEmpty {
      chart.add(Self.line(curve, read[index], index, on: chart))
    }
    return Figure(
      title: title,
      remark: "merged histograms of the launches that are compared, read at \(Self.pointsPerDecade)"
        + " points for each nine, as far as \(PercentileSupport.fewestShown) samples lie beyond",
      legend: curves.map { .init(label: $0.label, look: ChartLook($0.look)) },
      svg: chart.svg(title), isWide: false)
  }

  /// `99.99` where three digits would round to 100.
  private static func nines(_ decades: Double) -> String {
    let count = Int(decades.rounded())
    return count <= 2 ? "99" : "99." + String(repeating: "9", count: count - 2)
  }

  /// 1/(1-p) and the latency there, as far as the samples support it.
  private static func points(_ samples: LatencyCurve) -> [(x: Double, y: Double)] {
    let last = Double(samples.count) / Double(PercentileSupport.fewestShown)
    guard last > 1 else { return [] }
    let steps = Int((log10(last) * Double(pointsPerDecade)).rounded(.down))
    let grid = (0...steps).map { pow(10, Double($0) / Double(pointsPerDecade)) } + [last]
    return grid.map { ($0, samples.value(at: 1 - 1 / $0)) }
  }

  private static func line(
    _ curve: Curve, _ points: [(x: Double, y: Double)], _ index: Int, on chart: Chart
  ) -> String {
    let n = Markup.number
    let look = ChartLook(curve.look)
    let path = points.map { "\(n(chart.px(log10($0.x)))) \(n(chart.py($0.y)))" }
    let end = points[points.count - 1]
    let text =
      "\(curve.label): \(Figures.grouped(curve.samples.count)) samples, the slowest"
      + " \(CellEvidence.time(curve.samples.maximum))"
    return "<g class=\"s \(look.color)\" data-s=\"\(index)\"><path class=\"l\"\(look.dashArray)"
      + " d=\"M\(path.joined(separator: "L"))\"><title>\(Markup.escaped(text))</title></path>"
      + look.point(chart.px(log10(end.x)), chart.py(end.y))
      + "><title>\(Markup.escaped(text))</title></path></g>"
  }
}
