// SPDX-License-Identifier: Apache-2.0

/// The one number of a cell that it is compared by.
public enum PrimaryMetric: String, Codable, Hashable, Sendable {
  case throughput
  /// The median latency: half a round trip, or from the intended start of an open load.
  case latency = "p50"

  /// What a metric is called in a table.
  var label: String { self == .throughput ? "messages/s" : "p50" }

  /// Nanoseconds per message, of which less is better; nil when unknown.
  func cost(_ metrics: CellMetrics) -> Double? {
    switch self {
    case .throughput:
      guard let rate = metrics.messagesPerSecond?.value, rate > 0 else { return nil }
      return 1e9 / rate
    case .latency: return metrics.felt?.p50.value
    }
  }

  /// The same of one launch.
  func cost(_ record: LaunchRecord) -> Double? {
    switch self {
    case .throughput:
      guard let rate = record.messageRate(everything: false), rate > 0 else { return nil }
      return 1e9 / rate
    case .latency:
      let pairs = record.response.isEmpty ? record.latency : record.response
      return LatencyHistogram(pairs).value(at: 0.5)
    }
  }

  /// A cost in the words of the metric.
  func text(cost: Double, _ cell: Cell) -> String {
    switch self {
    case .latency: Self.text(.time, cost)
    case .throughput where cell.size.bytes > 1024:
      Self.text(.bandwidth, 1e9 / cost * Double(cell.size.bytes))
    case .throughput: Self.text(.messageRate, 1e9 / cost)
    }
  }

  private static func text(_ quantity: Quantity, _ value: Double) -> String {
    let unit = ColumnUnit(quantity, for: [value])
    return unit.label.map { "\(unit.text(value)) \($0)" } ?? unit.text(value)
  }
}

extension Cell {
  /// Nil for a cell in which nothing is sent.
  var primaryMetric: PrimaryMetric? {
    if latency == .nothing { return nil }
    return load == .closed && latency == .oneWay ? .throughput : .latency
  }

  /// The smallest step of the primary metric in nanoseconds, for a clock that has one.
  func quantum(clockStep: Double?) -> Double {
    guard primaryMetric == .latency else { return 0 }
    // Latencies are recorded in whole nanoseconds, and half a round trip is half a step.
    return max(1, (clockStep ?? 1) * (latency == .halfRoundTrip ? 0.5 : 1))
  }
}
