// SPDX-License-Identifier: Apache-2.0

extension HeatMap {
  /// Heat maps one below the other as one `<svg>` element, to stand in a page of HTML.
  ///
  /// Self-contained: no script, no reference, and styles that reach nothing outside of it.
  public static func svgFragment(_ maps: [HeatMap], title: String) -> String {
    let grids = SVGGrids(maps)
    var canvas = SVGCanvas(
      width: grids.width + 2 * SVGGrids.margin, height: grids.height + 2 * SVGGrids.margin,
      title: title, dress: .fragment)
    grids.draw(on: &canvas, x: SVGGrids.margin, y: SVGGrids.margin)
    return canvas.finish()
  }
}

/// Heat maps with their sizes settled.
struct SVGGrids {
  static let margin = 6
  private static let rowHeight = 22
  private static let titleHeight = 18
  private static let gap = 10

  private let grids: [Grid]
  let width: Int
  let height: Int

  private struct Grid {
    let map: HeatMap
    let labelWidth: Int
    let columnWidth: Int

    init(_ map: HeatMap) {
      self.map = map
      labelWidth = (map.rows.map(SVGCanvas.width).max() ?? 0) + 2 * SVGGrids.margin
      let texts = map.columns + map.cells.flatMap { $0 }.compactMap { $0?.text }
      columnWidth = (texts.map(SVGCanvas.width).max() ?? 0) + 2 * SVGGrids.margin
    }

    var width: Int {
      max(labelWidth + columnWidth * map.columns.count, SVGCanvas.width(of: map.title))
    }

    var height: Int { SVGGrids.titleHeight + SVGGrids.rowHeight * (map.rows.count + 1) }
  }

  init(_ maps: [HeatMap]) {
    grids = maps.map { Grid($0) }
    width = grids.map(\.width).max() ?? 0
    height = grids.reduce(0) { $0 + $1.height + Self.gap }
  }

  func draw(on canvas: inout SVGCanvas, x: Int, y: Int) {
    var top = y
    for grid in grids {
      draw(grid, on: &canvas, x: x, y: top)
      top += grid.height + Self.gap
    }
  }

  private func draw(_ grid: Grid, on canvas: inout SVGCanvas, x: Int, y: Int) {
    canvas.text(grid.map.title, x: x, y: y + 12, style: .title)
    let head = y + Self.titleHeight
    let left = x + grid.labelWidth
    for (index, name) in grid.map.columns.enumerated() {
      canvas.text(
        name, x: left + index * grid.columnWidth + grid.columnWidth / 2, y: head + 15,
        style: .centered)
    }
    for (row, name) in grid.map.rows.enumerated() {
      let top = head + (row + 1) * Self.rowHeight
      canvas.text(name, x: x, y: top + 15, style: .label)
      for (column, cell) in grid.map.cells[row].enumerated() {
        guard let cell else { continue }
        let box = SVGCanvas.Box(
          x: left + column * grid.columnWidth, y: top, width: grid.columnWidth,
          height: Self.rowHeight)
        let classes = cell.heat.map { ["heat\(HeatMap.level($0))"] } ?? []
        canvas.box(box, classes: classes, hint: cell.hint)
        if !cell.isVerified { canvas.hatch(box) }
        canvas.text(cell.text, x: box.x + box.width / 2, y: top + 15, style: .centered)
      }
    }
  }
}
