// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ShiftTests {
  /// Every order of two small samples, counted one by one.
  @Test func countsAreThoseOfAllOrders() {
    for (m, n) in [(1, 1), (1, 4), (2, 3), (3, 3), (4, 5), (5, 5)] {
      var counts = [Double](repeating: 0, count: m * n + 1)
      for mask in 0..<(1 << (m + n)) where mask.nonzeroBitCount == m {
        var (inverted, seen) = (0, 0)
        for place in 0..<(m + n) {
          if mask >> place & 1 == 1 { inverted += seen } else { seen += 1 }
        }
        counts[inverted] += 1
      }
      #expect(Statistics.rankSumCounts(m, n) == counts)
    }
  }

  /// The critical values of the two-sided 5 % rank-sum test, as tables have them.
  @Test(arguments: [
    (4, 4, 0), (5, 5, 2), (6, 6, 5), (8, 8, 13), (10, 10, 23), (12, 12, 37), (20, 20, 127),
  ])
  func ranksAreThoseOfTheTables(m: Int, n: Int, critical: Int) throws {
    let rank = try #require(Statistics.rankSumRank(m, n, confidence: 0.95))
    #expect(rank.k == critical + 1)
    #expect(rank.coverage >= 0.95)
  }

  @Test func tooFewHaveNoInterval() {
    #expect(Statistics.rankSumRank(3, 3, confidence: 0.95) == nil)
    #expect(Statistics.shift(from: [], to: [1]) == nil)
    #expect(Statistics.shift(from: [1], to: [3])?.median == 2)
    #expect(Statistics.shift(from: [1], to: [3])?.interval == nil)
  }

  @Test func intervalsCoverTheShift() {
    var random = Xoshiro256(seed: 3)
    func draw() -> Double {
      // Skewed, with a heavy tail.
      let u = Double(random.below(1_000_000) + 1) / 1_000_001
      return 1 / u.squareRoot()
    }
    let covered = (0..<500).count { _ in
      let first = (0..<8).map { _ in draw() }
      let second = (0..<10).map { _ in draw() + 0.7 }
      guard let interval = Statistics.shift(from: first, to: second)?.interval else { return false }
      return interval.low <= 0.7 && interval.high >= 0.7
    }
    // 95 % or more nominally; four standard deviations below.
    #expect(covered >= 455)
  }
}
