// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Plot {
  /// The gnuplot program that draws the data file beside it into an SVG.
  func script() -> String {
    let plots = lines.enumerated().map { index, line in
      draw(line, index: index)
    }
    return """
      # Redraw with: gnuplot \(name).gp
      set terminal svg size 960,600 dynamic enhanced font "DejaVu Sans,Helvetica,13" \
      background "#ffffff"
      set output \(Self.quoted("\(name).svg"))
      set encoding utf8
      set label 1 \(Self.quoted(title)) at screen 0.02,0.962 left noenhanced font ",15"
      set label 2 \(Self.quoted(source)) at screen 0.02,0.918 left noenhanced \
      font ",11" textcolor rgb "#666666"
      set label 3 \(Self.quoted(remark)) at screen 0.98,0.022 right noenhanced \
      font ",11" textcolor rgb "#666666"
      set logscale xy
      set xlabel "message size" offset 0,-0.2
      set ylabel \(Self.quoted(axis)) noenhanced offset -0.5,0
      set xrange [\(range(sizes.map(Double.init), margin: 1.25))]
      set yrange [\(range(values, margin: 1.5))]
      set xtics (\(sizeTics)) nomirror
      set ytics (\(valueTics)) nomirror
      set border 3 linecolor rgb "#444444"
      set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb "#e3e3e3"
      set bars 0.4
      set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.25 width 1
      set lmargin 13
      set bmargin 5
      set tmargin 5
      plot \(plots.joined(separator: ", \\\n  "))

      """
  }

  private func draw(_ line: Line, index: Int) -> String {
    let look = line.look
    let file = Self.quoted("\(name).tsv")
    let pen = "dashtype \(look.dash) linecolor rgb \"\(look.color)\""
    let title = Self.quoted(line.label)
    if look.mark == 0 {
      return "\(file) index \(index) using 1:2 with lines linewidth 1.8 \(pen) title \(title)"
    }
    return "\(file) index \(index) using 1:2:3:4 with yerrorlines linewidth 1.8 \(pen)"
      + " pointtype \(look.mark) pointsize 0.75 title \(title)"
  }

  private var values: [Double] {
    lines.flatMap { line in line.points.flatMap { [$0.value, $0.low, $0.high] } }
  }

  private func range(_ values: [Double], margin: Double) -> String {
    let low = values.min() ?? 1
    let high = values.max() ?? 1
    return "\(low / margin):\(high * margin)"
  }

  /// At most this many size labels; with more, every second one and so on.
  private static let mostSizeTics = 12

  /// A size that is too near to the last labelled one has a mark alone.
  private var sizeTics: String {
    let every = (sizes.count + Self.mostSizeTics - 1) / Self.mostSizeTics
    let span = Double(sizes.last ?? 1) / Double(sizes.first ?? 1)
    let nearest = pow(span, 1 / Double(Self.mostSizeTics + 3))
    var labelled = 0.0
    return sizes.enumerated().filter { $0.offset % max(1, every) == 0 }.map { _, size in
      let hasRoom = Double(size) >= labelled * nearest
      if hasRoom { labelled = Double(size) }
      return "\"\(hasRoom ? ByteCount(size).description : "")\" \(size)"
    }.joined(separator: ", ")
  }

  /// Decades with units; 2 and 5 too where the range is short.
  private var valueTics: String {
    let low = (values.min() ?? 1) / 1.5
    let high = (values.max() ?? 1) * 1.5
    let steps: [Double] = high / low < 200 ? [1, 2, 5] : [1]
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let ticks = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
    return ticks.filter { $0 >= low && $0 <= high }.map { value in
      let unit = ColumnUnit(quantity, for: [value])
      let label = value >= 1 ? "\(unit.text(value)) \(unit.label ?? "")" : Figures.text(value)
      return "\"\(Self.short(label))\" \(value)"
    }.joined(separator: ", ")
  }

  /// `1.00 GB/s` is `1 GB/s` on an axis.
  private static func short(_ label: String) -> String {
    label.replacing(".00 ", with: " ").replacing(".0 ", with: " ")
  }

  /// A gnuplot string that nothing in a name can end: single quotes know one escape, themselves.
  static func quoted(_ text: String) -> String {
    let line = text.replacing("\n", with: " ").replacing("\r", with: " ")
    return "'\(line.replacing("'", with: "''"))'"
  }
}
