// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// The machine as an SVG picture in the manner of `lstopo`: self-contained, light, no script.
  ///
  /// Hovering a box shows its CPUs. Forbidden PUs are hatched by a dashed red edge, so that the
  /// picture also reads without colour.
  ///
  /// - Parameter marks: where a placement put its ends and its segment; nothing by default.
  public func svg(_ marks: PlacementMarks = PlacementMarks()) -> String {
    svg(marks, dress: .own)
  }

  /// The picture with lines between PUs, and heat maps below it.
  ///
  /// Edges of PUs that the machine does not have are left out.
  public func svg(edges: [MachineEdge], beside maps: [HeatMap]) -> String {
    svg(PlacementMarks(), edges: edges, beside: maps, dress: .own)
  }

  /// The same for a page that gives colours to its classes: `package numa l3 core pu forbidden producer
  /// customer both segment`.
  public func pageSVG(_ marks: PlacementMarks) -> String { svg(marks, dress: .page) }

  private func svg(
    _ marks: PlacementMarks, edges: [MachineEdge] = [], beside maps: [HeatMap] = [],
    dress: SVGCanvas.Dress
  ) -> String {
    let top = outline().map { SVGBox($0, machine: self, marks: marks) }
    let extra = nodesWithoutCPUs.map { SVGBox(node: $0, marks: marks) }
    let content = SVGRow(flowing: top + extra)
    // A page has no need to be told that one node has no distances.
    let distances = dress == .page && self.distances == nil ? [] : distanceTable()
    let table = distances + marks.legend
    let grids = SVGGrids(maps)
    let margin = SVGBox.padding
    let caption = ([summary] + table).map(SVGCanvas.width).max() ?? 0
    let least = dress == .own ? Self.minimumSVGWidth : 0
    let width = [content.width, caption, grids.width, least].reduce(0, Swift.max) + 2 * margin
    // Lines bend out of the picture's lower edge.
    let room = edges.isEmpty ? 0 : Self.edgeRoom
    let captionTop = margin + SVGBox.titleHeight + content.height + room + margin
    let gridTop =
      captionTop + SVGBox.titleHeight * table.count + (maps.isEmpty ? 0 : 2 * margin)
    var canvas = SVGCanvas(
      width: width, height: gridTop + grids.height + margin, title: summary, dress: dress)
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
  let classes: [String]
  let children: SVGRow
  let pus: [PU]

  struct PU {
    let index: Int
    let name: String
    let hint: String
    let classes: [String]
  }

  init(_ box: OutlineBox, machine: Machine, marks: PlacementMarks) {
    let home = box.object.map(marks.holdsSegment) ?? false
    title = box.title + (home ? " · segment" : "")
    hint = "CPUs \(box.cpuset)\(home ? ", the segment's memory" : "")"
    classes = [box.object?.kind.rawValue, home ? "segment" : nil].compactMap { $0 }
    children = SVGRow(flowing: box.children.map { SVGBox($0, machine: machine, marks: marks) })
    pus = box.pus.map { pu in
      let isAllowed = pu.cpuset.isSubset(of: machine.allowedCPUs)
      let end = marks.end(on: pu)
      let words = ["PU \(pu.logicalIndex)", "CPU \(pu.cpuset)"] + [end?.words].compactMap { $0 }
      return PU(
        index: pu.logicalIndex, name: "\(pu.logicalIndex)" + (end.map { " \($0.letters)" } ?? ""),
        hint: (words + (isAllowed ? [] : ["forbidden here"])).joined(separator: ", "),
        classes: ["pu"] + (isAllowed ? [] : ["forbidden"]) + [end?.rawValue].compactMap { $0 })
    }
  }

  init(node: MachineObject, marks: PlacementMarks) {
    let home = marks.holdsSegment(node)
    title =
      OutlineBox(object: node, cpuset: []).title + " · no CPUs" + (home ? " · segment" : "")
    hint = "node \(node.nodeset)"
    classes = ["numa"] + (home ? ["segment"] : [])
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
      SVGCanvas.Box(x: x, y: y, width: width, height: height), classes: classes,
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
        classes: pu.classes, hint: pu.hint)
      let middle = left + Self.puSize.width / 2
      canvas.text(pu.name, x: middle, y: above + 15, style: .centered)
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
