// SPDX-License-Identifier: Apache-2.0

/// Gathers the limits of a run launch by launch, and says what they are so far.
struct RooflineCollector {
  private var latencies: [String: [[LatencyHistogram.Pair]]] = [:]
  private var copies: [Int: [Double]] = [:]
  private var readCosts: [Double] = []

  mutating func add(_ reports: [WorkerReport]) {
    for limit in reports.flatMap(\.limits) {
      if let pairs = limit.latency {
        latencies[limit.name, default: []].append(LatencyHistogram.Pair.list(pairs))
      } else if let size = limit.byteCount, let rate = limit.bytesPerSecond {
        copies[size, default: []].append(rate)
      } else if let cost = limit.bytesPerSecond {
        readCosts.append(cost)
      }
    }
  }

  /// Median cost of one clock reading in nanoseconds.
  var clockReadCost: Double? { Statistics.median(readCosts) }

  var roofline: Roofline {
    Roofline(
      cachelinePingPong: metrics(.cacheline), futexPingPong: metrics(.futex),
      pipePingPong: metrics(.pipe),
      memcpy: copies.compactMapValues { Roofline.Limit(repeats: $0) })
  }

  private func metrics(_ kind: BarePingPong.Kind) -> LatencyMetrics? {
    latencies[kind.rawValue].flatMap {
      LatencyMetrics(kind: .halfRoundTrip, launches: $0)
    }
  }
}

extension LatencyHistogram.Pair {
  /// Pairs as they travel in a report.
  static func list(_ pairs: [[UInt64]]) -> [LatencyHistogram.Pair] {
    pairs.compactMap { $0.count == 2 ? .init(nanoseconds: $0[0], count: $0[1]) : nil }
  }
}
