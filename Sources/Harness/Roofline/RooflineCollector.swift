// SPDX-License-Identifier: Apache-2.0

/// Gathers the limits of a run launch by launch, and says what they are so far.
struct RooflineCollector {
  private var launches: [Launch] = []

  private struct Launch {
    let limits: [WorkerReport.MeasuredLimit]
    let link: LinkFingerprint?
  }

  mutating func add(_ outcome: LaunchOutcome) {
    launches.append(Launch(limits: outcome.reports.flatMap(\.limits), link: outcome.link))
  }

  /// Median cost of one clock reading in nanoseconds.
  var clockReadCost: Double? {
    Statistics.median(
      launches.flatMap(\.limits).filter { $0.name == .clockRead }.compactMap(\.value))
  }

  /// The limits, by the launches that ran where the cells' launches are compared.
  func roofline(_ regimes: Regimes) -> Roofline {
    let limits = regimes.comparable(launches) { $0.link }.flatMap(\.limits)
    func latency(_ kind: BarePingPong.Kind) -> LatencyMetrics? {
      let each = limits.filter { $0.name == kind.limit }.compactMap(\.latency)
      return LatencyMetrics(kind: .halfRoundTrip, launches: each.map(LatencyHistogram.Pair.list))
    }
    func rates(_ name: WorkerReport.LimitName) -> [Int: Roofline.Limit] {
      var bySize: [Int: [Double]] = [:]
      for limit in limits where limit.name == name {
        if let size = limit.byteCount, let value = limit.value {
          bySize[size, default: []].append(value)
        }
      }
      return bySize.compactMapValues { Roofline.Limit(repeats: $0) }
    }
    return Roofline(
      cachelinePingPong: latency(.cacheline), futexPingPong: latency(.futex),
      pipePingPong: latency(.pipe), memcpy: rates(.memcpy), read: rates(.read),
      write: rates(.write), stream: rates(.plainRing))
  }
}

extension LatencyHistogram.Pair {
  /// Pairs as they travel in a report.
  static func list(_ pairs: [[UInt64]]) -> [LatencyHistogram.Pair] {
    pairs.compactMap { $0.count == 2 ? .init(nanoseconds: $0[0], count: $0[1]) : nil }
  }
}
