// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// A rule that drops cells: every named axis has one of the listed values.
struct Exclusion: Sendable, Equatable {
  /// Values in canonical spelling, so that `1024B` drops `1KiB`.
  let conditions: [AxisName: Set<String>]

  init(_ node: JobNode, catalog: Catalog, traces: TraceReader) throws(HarnessError) {
    var conditions: [AxisName: Set<String>] = [:]
    let entries = try node.map("exclude", example: "[{ store: NAME, size: [64B] }]")
    guard !entries.isEmpty else {
      throw node.error(
        "an empty condition would drop every cell", remedy: "name at least one axis")
    }
    for entry in entries {
      guard let axis = AxisName(rawValue: entry.key) else {
        throw JobKeys.unknown(entry, in: "exclude", known: AxisName.names)
      }
      var values: Set<String> = []
      for value in try entry.value.axisValues(entry.key) {
        values.insert(try Self.canonical(value, axis, catalog, traces))
      }
      conditions[axis] = values
    }
    self.conditions = conditions
  }

  func drops(_ point: AxisPoint) -> Bool {
    conditions.allSatisfy { $0.value.contains(point.text($0.key)) }
  }

  private static func canonical(
    _ node: JobNode, _ axis: AxisName, _ catalog: Catalog, _ traces: TraceReader
  ) throws(HarnessError) -> String {
    switch axis {
    case .workload: try AxisReader.workload(node, axis, catalog)
    case .load: try AxisReader.load(node, traces: traces).description
    case .wait: try AxisReader.wait(node, axis, catalog)
    case .placement: try AxisReader.placement(node, axis, catalog).description
    case .backpressure: try AxisReader.backpressure(node, axis, catalog).description
    case .pages: try AxisReader.pages(node, axis, catalog).description
    case .replicas: try AxisReader.replicas(node, axis, catalog).description
    case .producers, .customers: try AxisReader.workers(node, axis, catalog).description
    case .depth: try AxisReader.depth(node, axis, catalog).description
    case .size: try AxisReader.size(node, axis, catalog).description
    case .store: try AxisReader.store(node, axis, catalog)
    case .serializer: try AxisReader.serializer(node, axis, catalog)
    }
  }
}
