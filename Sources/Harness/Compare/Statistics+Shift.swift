// SPDX-License-Identifier: Apache-2.0

extension Statistics {
  /// How far the second of two unpaired samples is shifted from the first: the median of all pairwise
  /// differences, with the exact interval that the rank-sum test gives, two of those differences.
  ///
  /// No distribution is assumed but that both samples have the same one up to a shift. Of logarithms the
  /// shift is that of a ratio.
  ///
  /// Source: J. L. Hodges, E. L. Lehmann, "Estimates of location based on rank tests", Ann. Math. Statist.
  /// 34(2), 1963; the interval is L. E. Moses', as in M. Hollander, D. A. Wolfe, E. Chicken,
  /// *Nonparametric Statistical Methods*, 3rd ed., §4.2 and §4.3.
  ///
  /// - Returns: nil for an empty sample; without interval when even the extremes cover less.
  static func shift(
    from first: [Double], to second: [Double], confidence: Double = 0.95
  ) -> (median: Double, interval: Interval?)? {
    let differences = first.flatMap { a in second.map { $0 - a } }.sorted()
    guard let median = median(differences) else { return nil }
    let rank = rankSumRank(first.count, second.count, confidence: confidence)
    let interval = rank.map {
      Interval(
        low: differences[$0.k - 1], high: differences[differences.count - $0.k],
        coverage: $0.coverage, rank: $0.k)
    }
    return (median, interval)
  }

  /// The rank of the interval's ends among the differences, counted from 1, and its coverage.
  static func rankSumRank(_ m: Int, _ n: Int, confidence: Double) -> (k: Int, coverage: Double)? {
    guard m > 0, n > 0 else { return nil }
    let counts = rankSumCounts(m, n)
    let all = counts.reduce(0, +)
    var below = 0.0
    var best: (k: Int, coverage: Double)?
    for k in 1...max(1, m * n / 2) {
      below += counts[k - 1] / all
      let coverage = 1 - 2 * below
      guard coverage >= confidence else { break }
      best = (k, coverage)
    }
    return best
  }

  /// In how many orders of two samples so many pairs are inverted, from none to m·n: the coefficients of
  /// the Gaussian binomial, which is the product of (1 - x^(n+i)) / (1 - x^i) over i from 1 to m.
  ///
  /// Complexity: O(m² n).
  static func rankSumCounts(_ m: Int, _ n: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: m * n + 1)
    counts[0] = 1
    for i in 1...m {
      for u in stride(from: m * n, through: n + i, by: -1) where n + i <= m * n {
        counts[u] -= counts[u - n - i]
      }
      for u in i...(m * n) { counts[u] += counts[u - i] }
    }
    return counts
  }
}
