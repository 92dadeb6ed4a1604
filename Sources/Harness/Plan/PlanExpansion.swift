// SPDX-License-Identifier: Apache-2.0

/// Turns the groups of a job into cells, each once.
struct PlanExpansion {
  let catalog: Catalog
  private(set) var cells: [Cell] = []
  private(set) var notes: [String] = []
  private var known: [String: String?] = [:]

  init(catalog: Catalog) { self.catalog = catalog }

  mutating func add(_ group: JobGroup) {
    let product = group.axes.counts.reduce(1) { $0 * $1.count }
    var repeated = 0
    for index in 0..<product {
      let point = AxisPoint(group.axes, index: index)
      if group.excludes.contains(where: { $0.drops(point) }) { continue }
      let cell = cell(point, group)
      if known.updateValue(group.name, forKey: cell.id) == nil {
        cells.append(cell)
      } else {
        repeated += 1
      }
    }
    if repeated > 0, let name = group.name {
      notes.append("group \(name): \(repeated) cell(s) repeat earlier ones and are measured once")
    }
  }

  private func cell(_ point: AxisPoint, _ group: JobGroup) -> Cell {
    // The largest message decides about memory, and about what a store can take.
    let size = point.load.trace?.sizes?.largest ?? point.size
    let parameters = CellParameters(
      workload: point.workload, store: point.store, serializer: point.serializer,
      size: size, wait: point.wait, producers: point.producers, customers: point.customers,
      depth: point.depth.slots(for: size, within: group.segmentLimit),
      backpressure: point.backpressure, pages: point.pages, replicas: point.replicas,
      verification: group.verification)
    return Cell(
      parameters: parameters, load: point.load, placement: point.placement, group: group.name,
      warmup: group.warmup, measure: group.measure, slice: group.slice,
      launches: group.launches,
      latency: catalog.workload(point.workload)?.latency ?? .oneWay,
      roof: Roof.choose(parameters, load: point.load, catalog: catalog))
  }

  /// Refuses a job whose axes multiply to more than anybody runs, before building any of it.
  static func checkProduct(_ job: Job) throws(HarnessError) {
    var total = 0
    for group in job.groups {
      let counts = group.axes.counts
      let product = counts.reduce(1) { product, axis in
        let (partial, overflow) = product.multipliedReportingOverflow(by: axis.count)
        return overflow ? Int.max : partial
      }
      let (sum, overflow) = total.addingReportingOverflow(product)
      total = overflow ? Int.max : sum
      guard total > JobLimits.cells else { continue }
      let several = counts.filter { $0.count > 1 }
      let factors = several.map { "\($0.count) \($0.axis.rawValue)" }.joined(separator: " × ")
      let largest = several.max { $0.count < $1.count }?.axis.rawValue ?? "size"
      let scope = group.name.map { "group \($0)" } ?? "the job"
      throw HarnessError(
        .job, at: job.name,
        "\(scope) multiplies to \(Figures.grouped(product)) cells before filtering: \(factors);"
          + " a job may have \(Figures.grouped(JobLimits.cells)) in all",
        remedy: "shorten axis `\(largest)`, move combinations that matter into groups, or override"
          + " an axis with --set")
    }
  }
}
