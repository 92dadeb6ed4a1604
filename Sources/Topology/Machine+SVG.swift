// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// The machine as an SVG picture in the manner of `lstopo`: self-contained, light, no script.
  ///
  /// Hovering a box shows its CPUs. Forbidden PUs are hatched by a dashed red edge, so that the
  /// picture also reads without colour.
  public func svg() -> String { svg(edges: [], beside: []) }

  /// The picture with lines between PUs, and heat maps below it.
  ///
  /// Edges of PUs that the machine does not have are left out.
  public func svg(edges: [MachineEdge], beside maps: [HeatMap]) -> String {
    let top = outline().map { SVGBox($0, machine: self) }
    let extra = nodesWithoutCPUs.map { SVGBox(node: $0) }
    let content = SVGRow(flowing: top + extra)
    let table = distanceTable()
    let grids = SVGGrids(maps)
    let margin = SVGBox.padding
    let caption = ([summary] + table).map(SVGCanvas.width).max() ?? 0
    let width =
      [content.width, caption, grids.width, Self.minimumSVGWidth].reduce(0, Swift.max) + 2 * margin
    // Lines bend out of the picture's lower edge.
    let room = edges.isEmpty ? 0 : Self.edgeRoom
    let captionTop = margin + SVGBox.titleHeight + content.height + room + margin
    let gridTop = captionTop + SVGBox.titleHeight * table.count + 2 * margin
    var canvas = SVGCanvas(
      width: width, height: gridTop + grids.height + margin, title: summary)
    canvas.text(summary, x: margin, y: margin + 12, style: .title)
    content.draw(on: &canvas, x: margin, y: margin + SVGBox.titleHeight)
    draw(edges, on: &canvas, below: margin + SVGBox.titleHeight + content.height)
    for (index, line) in table.enumerated() {
      canvas.text(
        line, x: margin, y: captionTop + SVGBox.titleHeight * index + 12, style: .fixed)
    }
    grids.draw(on: &canvas, x: margin, y: gridTop)
    return canvas.finish()
  }

  /// Below the boxes, for the bends of lines and their labels: rows of these, so that neighbours do
  /// not cover each other.
  private static var edgeRows: Int { 6 }
  private static var edgeRoom: Int { (edgeRows + 1) * SVGBox.titleHeight }

  private func draw(_ edges: [MachineEdge], on canvas: inout SVGCanvas, below bottom: Int) {
    for (index, edge) in edges.enumerated() {
      guard let from = canvas.centres[edge.from], let to = canvas.centres[edge.to] else { continue }
      canvas.edge(
        from: from, to: to, labelY: bottom + (1 + index % Self.edgeRows) * SVGBox.titleHeight,
        label: edge.label, hint: edge.hint, isVerified: edge.isVerified)
    }
  }

  private static var minimumSVGWidth: Int { 640 }
}

/// A box with its size settled: children are laid out before their parent.
private struct SVGBox {
  static let padding = 6
  static let titleHeight = 18
  static let puSize = (width: 34, height: 22)
  /// A row of boxes breaks here; a screen shows about this much.
  static let rowWidth = 1_100

  let title: String
  let hint: String
  let kind: ObjectKind?
  let children: SVGRow
  let pus: [PU]

  struct PU {
    let index: Int
    let hint: String
    let isAllowed: Bool
  }

  init(_ box: OutlineBox, machine: Machine) {
    title = box.title
    hint = "CPUs \(box.cpuset)"
    kind = box.object?.kind
    children = SVGRow(flowing: box.children.map { SVGBox($0, machine: machine) })
    pus = box.pus.map { pu in
      let isAllowed = pu.cpuset.isSubset(of: machine.allowedCPUs)
      return PU(
        index: pu.logicalIndex,
        hint: "PU \(pu.logicalIndex), CPU \(pu.cpuset)\(isAllowed ? "" : ", forbidden here")",
        isAllowed: isAllowed)
    }
  }

  init(node: MachineObject) {
    title = OutlineBox(object: node, cpuset: []).title + " · no CPUs"
    hint = "node \(node.nodeset)"
    kind = .numa
    children = SVGRow(flowing: [])
    pus = []
  }

  private var pusPerRow: Int { Swift.max(1, Self.rowWidth / 2 / (Self.puSize.width + 2)) }

  private var pusSize: (width: Int, height: Int) {
    let rows = (pus.count + pusPerRow - 1) / pusPerRow
    let columns = Swift.min(pus.count, pusPerRow)
    return (columns * (Self.puSize.width + 2), rows * (Self.puSize.height + 2))
  }

  var width: Int {
    [SVGCanvas.width(of: title), children.width, pusSize.width]
      .reduce(0, Swift.max) + 2 * Self.padding
  }

  var height: Int {
    Self.titleHeight + children.height + pusSize.height + 2 * Self.padding
  }

  func draw(on canvas: inout SVGCanvas, x: Int, y: Int) {
    canvas.box(
      SVGCanvas.Box(x: x, y: y, width: width, height: height), fill: kind?.fill ?? "#ffffff",
      hint: "\(title): \(hint)")
    canvas.text(title, x: x + Self.padding, y: y + 14, style: .label)
    let top = y + Self.titleHeight + Self.padding / 2
    children.draw(on: &canvas, x: x + Self.padding, y: top)
    for (index, pu) in pus.enumerated() {
      let column = index % pusPerRow * (Self.puSize.width + 2)
      let row = index / pusPerRow * (Self.puSize.height + 2)
      let left = x + Self.padding + column
      let above = top + children.height + row
      canvas.box(
        SVGCanvas.Box(
          x: left, y: above, width: Self.puSize.width, height: Self.puSize.height),
        fill: pu.isAllowed ? "#ffffff" : "#f6dcdc", hint: pu.hint, isForbidden: !pu.isAllowed)
      let middle = left + Self.puSize.width / 2
      canvas.text("\(pu.index)", x: middle, y: above + 15, style: .centered)
      canvas.centres[pu.index] = (middle, above + Self.puSize.height)
    }
  }
}

/// Boxes side by side in rows.
private struct SVGRow {
  private var places: [(box: SVGBox, x: Int, y: Int)] = []
  private(set) var width = 0
  private(set) var height = 0

  init(flowing boxes: [SVGBox]) {
    var x = 0
    var y = 0
    var rowHeight = 0
    for box in boxes {
      let (boxWidth, boxHeight) = (box.width, box.height)
      if x > 0, x + boxWidth > SVGBox.rowWidth {
        y += rowHeight + SVGBox.padding
        (x, rowHeight) = (0, 0)
      }
      places.append((box, x, y))
      width = Swift.max(width, x + boxWidth)
      rowHeight = Swift.max(rowHeight, boxHeight)
      height = y + rowHeight
      x += boxWidth + SVGBox.padding
    }
  }

  func draw(on canvas: inout SVGCanvas, x: Int, y: Int) {
    for place in places { place.box.draw(on: &canvas, x: x + place.x, y: y + place.y) }
  }
}

extension ObjectKind {
  /// Pale, so that black text stays legible on each.
  fileprivate var fill: String {
    switch self {
    case .package: "#f4f4f4"
    case .numa: "#efe3cf"
    case .l3: "#e3ecf7"
    case .core: "#dcdcdc"
    case .pu: "#ffffff"
    }
  }
}
