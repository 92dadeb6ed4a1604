// SPDX-License-Identifier: Apache-2.0
public import Topology

extension PlacementMatrix {
  /// The matrix as one `<svg>` element, to stand in a page of HTML; needs no machine.
  public func svgFragment() -> String {
    HeatMap.svgFragment(heatMaps, title: "\(run.header.name): placements")
  }

  /// The machine's picture with what was measured between its PUs, and the matrix below it.
  public func svg(on machine: Machine) -> String {
    machine.svg(edges: edges(on: machine), beside: heatMaps)
  }

  var heatMaps: [HeatMap] {
    series.flatMap { series in series.segments.map { series.heatMap($0) } }
  }

  /// One line per pair of PUs: the latency of the smallest messages, the throughput of the largest.
  ///
  /// Of a class of which several placements were measured, the first stands for all.
  func edges(on machine: Machine) -> [MachineEdge] {
    let times = series.filter(\.first.measuresTime).min { $0.first.size < $1.first.size }
    let rates = series.filter { !$0.first.measuresTime }.max { $0.first.size < $1.first.size }
    var pairs: Set<[Int]> = []
    var classes: Set<String> = []
    var edges: [MachineEdge] = []
    for entry in (times ?? rates)?.entries ?? [] {
      guard let from = Self.pu(entry.producer, machine), let to = Self.pu(entry.customer, machine),
        entry.cell.cell.group.map({ classes.insert($0).inserted }) ?? true,
        pairs.insert([from, to]).inserted
      else { continue }
      let both = [times, rates].compactMap { series -> (String, Bool)? in
        guard let series,
          let own = series.entry(entry.producer, entry.customer, entry.segment),
          let value = own.value
        else { return nil }
        let unit = series.unit
        let text = unit.label.map { "\(unit.text(value.value)) \($0)" } ?? unit.text(value.value)
        return (text, own.isVerified)
      }
      guard !both.isEmpty else { continue }
      let label = both.map(\.0).joined(separator: " · ")
      edges.append(
        MachineEdge(
          from: from, to: to, label: label,
          hint: "\(entry.producer) -> \(entry.customer), segment \(entry.segment): \(label)",
          isVerified: both.allSatisfy(\.1)))
    }
    return edges
  }

  private static func pu(_ expression: String, _ machine: Machine) -> Int? {
    (try? machine.seat(expression)).flatMap { machine.pu(of: $0) }
  }
}

extension PlacementMatrix.Series {
  fileprivate func heatMap(_ segment: String) -> HeatMap {
    let unit = unit
    let rows = producers
    let columns = customers
    return HeatMap(
      title: "\(heading) · segment \(segment)", rows: rows, columns: columns,
      cells: rows.map { producer in
        columns.map { customer in
          entry(producer, customer, segment).map { entry in
            HeatMap.Cell(
              text: entry.text(unit), heat: heat(of: entry), hint: entry.hint,
              isVerified: entry.isVerified)
          }
        }
      })
  }
}

extension PlacementMatrix.Entry {
  fileprivate var hint: String {
    let reason = cell.summary.reason.map { ": \($0)" } ?? ""
    let group = cell.cell.group.map { " (\($0))" } ?? ""
    return
      "\(producer) -> \(customer), segment \(segment)\(group), \(cell.status.rawValue)\(reason);"
      + " \(cell.summary.launches) launches"
  }
}
