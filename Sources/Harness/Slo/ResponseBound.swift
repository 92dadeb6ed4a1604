// SPDX-License-Identifier: Apache-2.0

/// A service-level objective: what share of messages of an open load must be answered how soon, from
/// their intended starts.
public struct ResponseBound: Sendable, Equatable {
  public enum Percentile: String, Codable, CaseIterable, Sendable {
    case p50, p99
    case p999 = "p99.9"

    public var quantile: Double {
      switch self {
      case .p50: 0.5
      case .p99: 0.99
      case .p999: 0.999
      }
    }

    func estimate(_ metrics: LatencyMetrics?) -> PercentileEstimate? {
      switch self {
      case .p50: metrics?.p50
      case .p99: metrics?.p99
      case .p999: metrics?.p999
      }
    }
  }

  public let percentile: Percentile
  public let limit: Nanoseconds

  public init(_ percentile: Percentile, below limit: Nanoseconds) {
    self.percentile = percentile
    self.limit = limit
  }

  /// The lowest rate at which each launch by itself has as many messages beyond the percentile as it
  /// takes to print one: below, a launch says nothing about it.
  public func lowestRate(measuring span: Nanoseconds) -> Rate {
    let share = min(percentile.quantile, 1 - percentile.quantile)
    let messages = Double(PercentileSupport.fewestShown) / share
    // Four standard deviations more: chance gives one launch of a Poisson load fewer than another.
    let enough = messages + 4 * messages.squareRoot()
    return RateSearch.rounded(enough / span.seconds + 1)
  }
}

extension ResponseBound: CustomStringConvertible {
  public var description: String { "response \(percentile.rawValue) below \(limit)" }
}
