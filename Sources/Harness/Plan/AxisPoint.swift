// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// One combination of axis values.
struct AxisPoint {
  let workload: String
  let load: Load
  let wait: String
  let placement: PlacementRequest
  let backpressure: Backpressure
  let pages: SegmentPages
  let replicas: Replicas
  let producers: Int
  let customers: Int
  let depth: Depth
  let size: ByteCount
  let store: String
  let serializer: String

  /// Decodes a position in the product, the last axis varying fastest.
  ///
  /// - Precondition: `index` is less than the product of the axis lengths.
  init(_ axes: JobAxes, index: Int) {
    var rest = index
    func pick<Value>(_ values: [Value]) -> Value {
      let value = values[rest % values.count]
      rest /= values.count
      return value
    }
    serializer = pick(axes.serializers)
    store = pick(axes.stores)
    size = pick(axes.sizes)
    depth = pick(axes.depths)
    customers = pick(axes.customers)
    producers = pick(axes.producers)
    replicas = pick(axes.replicas)
    pages = pick(axes.pages)
    backpressure = pick(axes.backpressures)
    placement = pick(axes.placements)
    wait = pick(axes.waits)
    load = pick(axes.loads)
    workload = pick(axes.workloads)
  }

  /// The canonical spelling of one coordinate.
  func text(_ axis: AxisName) -> String {
    switch axis {
    case .workload: workload
    case .load: load.description
    case .wait: wait
    case .placement: placement.description
    case .backpressure: backpressure.description
    case .pages: pages.description
    case .replicas: replicas.description
    case .producers: producers.description
    case .customers: customers.description
    case .depth: depth.description
    case .size: size.description
    case .store: store
    case .serializer: serializer
    }
  }
}
