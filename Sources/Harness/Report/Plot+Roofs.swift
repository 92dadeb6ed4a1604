// SPDX-License-Identifier: Apache-2.0

extension Plot {
  /// The machine's limits for the cells of a group, in the metric's unit.
  static func roofs(_ group: ComparableGroup, _ metric: Metric, run: Run) -> [Line] {
    switch metric.quantity {
    case .bandwidth: [memcpy(group, run.roofline), ring(group, run.roofline)].compactMap { $0 }
    case .time where group.first.latency == .halfRoundTrip:
      pingPong(group, run.roofline).map { [$0] } ?? []
    case .time, .messageRate: []
    }
  }

  private static func memcpy(_ group: ComparableGroup, _ roofline: Roofline) -> Line? {
    let points = group.sizes.compactMap { size in
      roofline.memcpy[size.bytes].map { flat($0.estimate.value, at: size) }
    }
    return points.count > 1 ? Line(label: "memcpy (roof)", look: .roof, points: points) : nil
  }

  private static func ring(_ group: ComparableGroup, _ roofline: Roofline) -> Line? {
    let points = group.sizes.compactMap { size in
      roofline.stream[size.bytes].map {
        flat($0.estimate.value * Double(size.bytes), at: size)
      }
    }
    return points.count > 1 ? Line(label: "C ring (roof)", look: .ringRoof, points: points) : nil
  }

  private static func pingPong(_ group: ComparableGroup, _ roofline: Roofline) -> Line? {
    let kinds = Set(group.cells.map(\.cell.roof.kind))
    let sleeps = kinds.contains(.futexPingPong)
    guard sleeps || kinds.contains(.cachelinePingPong) else { return nil }
    let limit = sleeps ? roofline.futexPingPong : roofline.cachelinePingPong
    guard let value = limit?.p50.value else { return nil }
    return Line(
      label: "\(sleeps ? "futex" : "cache-line") ping-pong", look: .roof,
      points: group.sizes.map { flat(value, at: $0) })
  }

  private static func flat(_ value: Double, at size: ByteCount) -> Point {
    Point(size: size.bytes, value: value, low: value, high: value)
  }
}
