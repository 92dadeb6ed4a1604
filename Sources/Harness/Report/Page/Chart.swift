// SPDX-License-Identifier: Apache-2.0

/// The paper of a picture: axes, grid and what is drawn between them. All colours are classes, which the
/// page gives a dark and a light look.
struct Chart {
  /// What the paper measures, and where on it the plane of the axes lies.
  struct Paper {
    var width = 560.0
    var height = 300.0
    var left = 78.0
    /// Right of the plane; a ledger has words there.
    var right = 16.0
  }

  static let top = 10.0
  static let bottom = 36.0

  let paper: Paper
  let x: ChartScale
  let y: ChartScale
  private(set) var body = ""

  init(x: ChartScale, y: ChartScale, on paper: Paper = Paper()) {
    self.paper = paper
    self.x = x
    self.y = y
  }

  var left: Double { paper.left }
  var edge: Double { paper.width - paper.right }
  var base: Double { paper.height - Self.bottom }

  func px(_ value: Double) -> Double { left + x.position(value) * (edge - left) }

  func py(_ value: Double) -> Double { base - y.position(value) * (base - Self.top) }

  mutating func add(_ markup: String) { body += markup }

  /// - Parameter label: of a value; those that would run into the one before are left out.
  mutating func xAxis(
    _ title: String, at ticks: [Double], label: (Double) -> String, below: Double? = nil
  ) {
    let n = Markup.number
    let foot = below ?? base
    var free = -Double.infinity
    for tick in ticks {
      let place = px(tick)
      add("<path class=\"grid\" d=\"M\(n(place)) \(n(Self.top))V\(n(base))\"/>")
      let text = label(tick)
      let half = Self.textWidth(text) / 2
      guard place - half > free else { continue }
      free = place + half + 8
      add(
        "<text class=\"mid\" x=\"\(n(place))\" y=\"\(n(foot + 15))\">\(Markup.escaped(text))</text>"
      )
    }
    add(
      "<text class=\"mid name\" x=\"\(n((left + edge) / 2))\" y=\"\(n(foot + 31))\">"
        + "\(Markup.escaped(title))</text>")
  }

  mutating func yAxis(at ticks: [Double], label: (Double) -> String) {
    let n = Markup.number
    for tick in ticks {
      let place = py(tick)
      add("<path class=\"grid\" d=\"M\(n(left)) \(n(place))H\(n(edge))\"/>")
      add(
        "<text class=\"end\" x=\"\(n(left - 6))\" y=\"\(n(place + 4))\">"
          + "\(Markup.escaped(label(tick)))</text>")
    }
    add("<path class=\"axis\" d=\"M\(n(left)) \(n(Self.top))V\(n(base))H\(n(edge))\"/>")
  }

  /// - Parameter total: the height with what stands below the plane.
  func svg(_ label: String, total: Double? = nil) -> String {
    "<svg class=\"chart\" viewBox=\"0 0 \(Markup.number(paper.width)) \(Markup.number(total ?? paper.height))\""
      + " role=\"img\" aria-label=\(Markup.quoted(label))>\(body)</svg>"
  }

  /// Of 12 px sans-serif, at most.
  static func textWidth(_ text: String) -> Double { Double(text.count) * 7 }

  /// A value with its unit, as short as it is exact: `10 µs`.
  static func tick(_ value: Double, _ quantity: Quantity) -> String {
    let step = quantity.steps.last { value >= $0.divisor * 0.9999 } ?? quantity.steps[0]
    return "\(short(value / step.divisor)) \(step.label)"
  }

  /// Without digits that say nothing: `1.5`, `20`.
  static func short(_ value: Double) -> String {
    let text = Figures.text(value)
    guard text.contains("."), !text.contains("e") else { return text }
    let bare = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(bare.reversed())
  }
}
