// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// Where the ends and segments of a run were seen, drawn on its machine.
struct PlacementFigures {
  private let run: Run
  private let machine: Machine?

  /// More pictures than this would bury the numbers.
  private static let most = 4

  /// What a picture made of less than the topology leaves out; empty for nothing.
  private let remark: String

  /// - Parameter machine: nil where the topology is not known: CPUs alone are drawn then.
  init(_ run: Run, machine: Machine?) {
    self.run = run
    let cpus = run.cells.compactMap(\.summary.placement)
      .flatMap { $0.producerCPUs + $0.customerCPUs }.max()
    if let machine {
      (self.machine, remark) = (machine, "")
    } else if run.machine.numaNodes == 1, let count = run.machine.logicalCPUs, cpus ?? 0 < count {
      // One node holds all CPUs: that much is certain.
      self.machine = Machine(
        cpuModel: run.machine.cpu, cpus: count, memoryBytes: run.machine.memory)
      remark =
        "drawn from the number of CPUs and nodes alone: this run was recorded before runs held their"
        + " machine's packages, caches and cores"
    } else {
      (self.machine, remark) = (nil, "")
    }
  }

  private struct Place: Hashable {
    let producers: [Int]
    let customers: [Int]
    let nodes: [Int]

    init(_ placement: ObservedPlacement) {
      producers = placement.producerCPUs
      customers = placement.customerCPUs
      nodes = (placement.segmentPagesByNode ?? [:]).filter { $0.value > 0 }.keys.compactMap(
        Int.init
      )
      .sorted()
    }

    var text: String {
      func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "unknown" : numbers.map(String.init).joined(separator: ",")
      }
      return "producer on CPU \(list(producers)), customer on CPU \(list(customers)), "
        + (nodes.isEmpty ? "no segment seen" : "segment on NUMA node \(list(nodes))")
    }
  }

  var blocks: [Document.Block] {
    let seen = run.cells.compactMap(\.summary.placement).map(Place.init)
    let places = Dictionary(grouping: seen, by: { $0 }).mapValues(\.count)
      .sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }
    guard let machine else {
      return places.isEmpty
        ? []
        : [
          .list(
            ["the run does not hold its machine's topology, so that there is nothing to draw on"]
              + places.map { "\($0.value) cells: \($0.key.text)" })
        ]
    }
    let figures = places.prefix(Self.most).map { place, count in
      Figure(
        title: "\(count) of \(seen.count) cells: \(place.text)", remark: remark, legend: [],
        svg: machine.pageSVG(Self.marks(place)), isWide: places.count == 1)
    }
    let rest = places.dropFirst(Self.most).reduce(0) { $0 + $1.value }
    return figures.map(Document.Block.figure)
      + (rest > 0
        ? [.line("\(rest) cells were placed in \(places.count - Self.most) other ways.")] : [])
  }

  private static func marks(_ place: Place) -> PlacementMarks {
    var marks = PlacementMarks()
    for cpu in place.producers where cpu >= 0 { marks.producers.insert(cpu) }
    for cpu in place.customers where cpu >= 0 { marks.customers.insert(cpu) }
    for node in place.nodes where node >= 0 { marks.segment.insert(node) }
    return marks
  }
}
