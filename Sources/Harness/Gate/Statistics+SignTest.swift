// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension Statistics {
  /// The chance of `count` heads or more in `n` throws of a fair coin.
  ///
  /// Complexity: O(n).
  static func signTail(_ n: Int, atLeast count: Int) -> Double {
    guard count > 0 else { return 1 }
    guard count <= n else { return 0 }
    // By symmetry the chance of n - count tails or fewer, summed from the smallest term up.
    var term = (0..<n).reduce(1.0) { product, _ in product / 2 }
    var sum = 0.0
    for i in 0...(n - count) {
      sum += term
      term *= Double(n - i) / Double(i + 1)
    }
    return min(1, sum)
  }

  /// The two-sided sign test of whether the median of `values` lies within `-margin ... margin`.
  ///
  /// The smaller the value, the less likely so many values beyond one end are by chance. It reaches a
  /// level exactly when ``signInterval(_:confidence:)`` at that level lies beyond the margin.
  static func signTest(_ values: [Double], margin: Double) -> Double {
    let above = values.count { $0 > margin }
    let below = values.count { $0 < -margin }
    return min(1, 2 * signTail(values.count, atLeast: max(above, below)))
  }

  /// How many values a sign test needs to reach a level at all: its smallest two-sided chance of `n`
  /// values is 2^(1-n).
  static func fewestValues(level: Double) -> Int {
    Int((1 + log2(1 / level) - 1e-9).rounded(.up))
  }
}
