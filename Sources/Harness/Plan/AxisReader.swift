// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// Turns the nodes of an axis into typed values without repeats.
struct AxisReader {
  let scope: JobScope
  let catalog: Catalog

  typealias Read<Value> = (JobNode, AxisName, Catalog) throws(HarnessError) -> Value

  func optional<Value: Equatable & CustomStringConvertible>(
    _ axis: AxisName, _ read: Read<Value>
  ) throws(HarnessError) -> [Value]? {
    guard let node = scope.axes[axis] else { return nil }
    var values: [Value] = []
    for element in try node.axisValues(axis.rawValue) {
      let value = try read(element, axis, catalog)
      guard !values.contains(value) else {
        throw element.error(
          "`\(value)` is twice in axis `\(axis.rawValue)`", remedy: "remove one of them")
      }
      values.append(value)
    }
    return values
  }

  func required<Value: Equatable & CustomStringConvertible>(
    _ axis: AxisName, _ example: String, _ read: Read<Value>
  ) throws(HarnessError) -> [Value] {
    if let values = try optional(axis, read) { return values }
    let place = scope.name?.place ?? scope.axes.values.map(\.place).min()
    throw HarnessError(
      .job, at: place, "axis `\(axis.rawValue)` is missing",
      remedy: "add \(axis.rawValue): \(example) under axes")
  }
}

extension AxisReader {
  static func workload(
    _ node: JobNode, _: AxisName, _ catalog: Catalog
  ) throws(HarnessError) -> String {
    try node.name("workload", known: catalog.workloadNames)
  }

  static func store(
    _ node: JobNode, _: AxisName, _ catalog: Catalog
  ) throws(HarnessError) -> String {
    try node.name("store", known: catalog.storeNames)
  }

  static func serializer(
    _ node: JobNode, _: AxisName, _ catalog: Catalog
  ) throws(HarnessError) -> String {
    try node.name("serializer", known: catalog.serializerNames)
  }

  static func wait(
    _ node: JobNode, _: AxisName, _ catalog: Catalog
  ) throws(HarnessError) -> String {
    try node.name("wait", known: catalog.waitNames)
  }

  static func size(_ node: JobNode, _: AxisName, _: Catalog) throws(HarnessError) -> ByteCount {
    try node.size("size", example: "4KiB")
  }

  static func placement(
    _ node: JobNode, _: AxisName, _ catalog: Catalog
  ) throws(HarnessError) -> PlacementRequest {
    try PlacementRequest(node, catalog: catalog)
  }

  static func backpressure(
    _ node: JobNode, _: AxisName, _: Catalog
  ) throws(HarnessError) -> Backpressure {
    let name = try node.name("backpressure", known: Backpressure.allCases.map(\.rawValue))
    return Backpressure(rawValue: name) ?? .block
  }

  static func pages(
    _ node: JobNode, _: AxisName, _: Catalog
  ) throws(HarnessError) -> SegmentPages {
    let name = try node.name("pages", known: SegmentPages.allCases.map(\.rawValue))
    return SegmentPages(rawValue: name) ?? .automatic
  }

  static func replicas(
    _ node: JobNode, _: AxisName, _: Catalog
  ) throws(HarnessError) -> Replicas {
    let name = try node.name("replicas", known: Replicas.allCases.map(\.rawValue))
    return Replicas(rawValue: name) ?? Replicas.none
  }

  static func workers(_ node: JobNode, _ axis: AxisName, _: Catalog) throws(HarnessError) -> Int {
    try node.integer(axis.rawValue, in: JobLimits.workers, example: "1")
  }

  static func depth(_ node: JobNode, _: AxisName, _: Catalog) throws(HarnessError) -> Depth {
    if try node.text("depth", example: "64 or auto") == "auto" { return .auto }
    return .slots(try node.integer("depth", in: JobLimits.depths, example: "64 or auto"))
  }

  static func load(_ node: JobNode, traces: TraceReader) throws(HarnessError) -> Load {
    let text = try node.text("load", example: "closed")
    do {
      return try Load(parsing: text) { (path) throws(HarnessError) in try traces.trace(path) }
    } catch {
      // A trace names its own file and line.
      throw error.code == .job ? error : error.asJobError(at: node.place)
    }
  }
}

extension Backpressure: CustomStringConvertible {
  public var description: String { rawValue }
}
