// SPDX-License-Identifier: Apache-2.0

/// Statistics that assume nothing about the shape of the data.
public enum Statistics {
  /// The middle value, or the mean of the middle two; nil for no values.
  public static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The mean; nil for no values.
  public static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The exact confidence interval for the median that the sign test gives: two order statistics.
  ///
  /// Takes the k-th smallest and k-th largest value for the largest k whose coverage
  /// `1 - 2 P(Binomial(n, 1/2) < k)` reaches the confidence. No distribution is assumed beyond
  /// independence of the values, which is why they must be launches and not slices.
  ///
  /// Source: H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd ed., §7.1.
  ///
  /// - Parameter confidence: nominal, 0.95 by default.
  /// - Returns: nil when even the extremes cover less, as with fewer than 6 values at 95 %.
  public static func signInterval(_ values: [Double], confidence: Double = 0.95) -> Interval? {
    guard let rank = signRank(values.count, confidence: confidence) else { return nil }
    let sorted = values.sorted()
    return Interval(
      low: sorted[rank.k - 1], high: sorted[values.count - rank.k], coverage: rank.coverage,
      rank: rank.k)
  }

  /// The rank of the interval's ends, counted from 1, and its coverage.
  static func signRank(_ n: Int, confidence: Double) -> (k: Int, coverage: Double)? {
    guard n > 0 else { return nil }
    var best: (k: Int, coverage: Double)?
    // P(Binomial(n, 1/2) = i), from i = 0 up; 2^-1000 is still a normal double.
    var term = (0..<n).reduce(1.0) { product, _ in product / 2 }
    var below = 0.0
    for k in 1...max(1, n / 2) {
      below += term
      term *= Double(n - k + 1) / Double(k)
      let coverage = 1 - 2 * below
      guard coverage >= confidence else { break }
      best = (k, coverage)
    }
    return best
  }
}

/// Two values between which the median lies with the stated probability.
public struct Interval: Codable, Hashable, Sendable {
  public let low: Double
  public let high: Double
  /// Exact, at least the confidence asked for.
  public let coverage: Double
  /// The ends are the rank-th smallest and rank-th largest value.
  public let rank: Int
}
