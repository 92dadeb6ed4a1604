// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// The typed values of every axis of one group.
struct JobAxes: Sendable, Equatable {
  var workloads: [String]
  var loads: [Load]
  var waits: [String]
  var placements: [PlacementRequest]
  var backpressures: [Backpressure]
  var pages: [SegmentPages]
  var replicas: [Replicas]
  var producers: [Int]
  var customers: [Int]
  var depths: [Depth]
  var sizes: [ByteCount]
  var stores: [String]
  var serializers: [String]

  init(_ scope: JobScope, catalog: Catalog, traces: TraceReader) throws(HarnessError) {
    let read = AxisReader(scope: scope, catalog: catalog)
    workloads = try read.optional(.workload, AxisReader.workload) ?? [catalog.defaultWorkload]
    loads =
      try read.optional(.load) { (node, _, _) throws(HarnessError) in
        try AxisReader.load(node, traces: traces)
      } ?? [.closed]
    waits = try read.optional(.wait, AxisReader.wait) ?? [catalog.defaultWait]
    placements =
      try read.optional(.placement, AxisReader.placement) ?? [catalog.defaultPlacement]
    backpressures = try read.optional(.backpressure, AxisReader.backpressure) ?? [.block]
    pages = try read.optional(.pages, AxisReader.pages) ?? [.automatic]
    replicas = try read.optional(.replicas, AxisReader.replicas) ?? [Replicas.none]
    producers = try read.optional(.producers, AxisReader.workers) ?? [1]
    customers = try read.optional(.customers, AxisReader.workers) ?? [1]
    depths = try read.optional(.depth, AxisReader.depth) ?? [.auto]
    let recorded = loads.compactMap(\.trace?.sizes?.largest)
    sizes =
      recorded.count == loads.count && scope.axes[.size] == nil
      ? Array(recorded.prefix(1)) : try read.required(.size, "[64B, 4KiB]", AxisReader.size)
    stores = try read.required(
      .store, "[\(catalog.storeNames.joined(separator: ", "))]", AxisReader.store)
    serializers = try read.required(
      .serializer, "[\(catalog.serializerNames.joined(separator: ", "))]", AxisReader.serializer)
  }

  /// How many values each axis has, in multiplication order.
  var counts: [(axis: AxisName, count: Int)] {
    AxisName.allCases.map { ($0, count(of: $0)) }
  }

  private func count(of axis: AxisName) -> Int {
    switch axis {
    case .workload: workloads.count
    case .load: loads.count
    case .wait: waits.count
    case .placement: placements.count
    case .backpressure: backpressures.count
    case .pages: pages.count
    case .replicas: replicas.count
    case .producers: producers.count
    case .customers: customers.count
    case .depth: depths.count
    case .size: sizes.count
    case .store: stores.count
    case .serializer: serializers.count
    }
  }
}

extension Catalog {
  public var storeNames: [String] { backends.map(\.name) }
  public var serializerNames: [String] { serializers.map(\.name) }
  public var waitNames: [String] { waits.map(\.name) }
  public var workloadNames: [String] { workloads.map(\.name) }
}
