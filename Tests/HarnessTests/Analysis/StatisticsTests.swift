// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct StatisticsTests {
  @Test(
    arguments: [
      ([], nil), ([3], 3), ([3, 1], 2), ([9, 1, 5], 5), ([4, 1, 3, 2], 2.5),
    ] as [([Double], Double?)])
  func median(_ values: [Double], _ expected: Double?) {
    #expect(Statistics.median(values) == expected)
  }

  /// The table of nanobench's documentation: n, rank of the low end, coverage in percent.
  @Test(arguments: [
    (6, 0.95, 1, 96.9), (12, 0.95, 3, 96.1), (20, 0.95, 6, 95.9), (30, 0.95, 10, 95.7),
    (12, 0.999, 1, 99.95), (20, 0.999, 3, 99.96), (30, 0.999, 6, 99.97),
  ])
  func signIntervalTable(_ n: Int, _ confidence: Double, _ rank: Int, _ coverage: Double) throws {
    let values = (1...n).reversed().map(Double.init)
    let interval = try #require(Statistics.signInterval(values, confidence: confidence))
    #expect(interval.low == Double(rank))
    #expect(interval.high == Double(n + 1 - rank))
    #expect(interval.rank == rank)
    #expect(abs(interval.coverage * 100 - coverage) < 0.06)
  }

  @Test(arguments: 0..<6) func noIntervalBelowSix(_ n: Int) {
    #expect(Statistics.signInterval((0..<n).map(Double.init)) == nil)
  }

  @Test func coverageIsExact() {
    #expect(Statistics.signRank(6, confidence: 0.95)?.coverage == 1 - 2.0 / 64)
    #expect(Statistics.signRank(12, confidence: 0.95)?.coverage == 1 - 2.0 * 79 / 4096)
    // 1 - 2^-10 is 99.902 %, so 11 values are just enough for 99.9 %.
    #expect(Statistics.signRank(11, confidence: 0.999)?.k == 1)
    #expect(Statistics.signRank(10, confidence: 0.999) == nil)
    #expect((Statistics.signRank(1000, confidence: 0.95)?.coverage ?? 0) >= 0.95)
  }

  /// The interval must cover the true median about as often as it says, for a skewed law.
  @Test func coversAsOftenAsItSays() {
    var random = Xoshiro256(seed: 42)
    var hits = 0
    for _ in 0..<2000 {
      let values = (0..<12).map { _ -> Double in
        let uniform = (Double(random.next() >> 11) + 0.5) / Double(1 << 53)
        return 1 / (1 - uniform)
      }
      if let interval = Statistics.signInterval(values), interval.low <= 2, interval.high >= 2 {
        hits += 1
      }
    }
    // 96.14 % expected; four standard errors either way.
    #expect((1888...1957).contains(hits))
  }
}

@Suite struct PercentileSupportTests {
  @Test(arguments: [
    (0.999, 9_999, PercentileSupport.unsupported), (0.999, 10_000, .weak), (0.999, 99_999, .weak),
    (0.999, 100_000, .supported), (0.99, 999, .unsupported), (0.99, 10_000, .supported),
    (0.5, 19, .unsupported), (0.5, 200, .supported), (0.9999, 100_000, .weak),
    (0.9999, 1_000_000, .supported), (0.5, 0, .unsupported),
  ])
  func counts(_ quantile: Double, _ n: Int, _ support: PercentileSupport) {
    #expect(PercentileSupport(quantile: quantile, count: n) == support)
  }
}

@Suite struct VarianceTests {
  @Test func separatesLaunchesFromSlices() throws {
    let within = Variance([[90, 110, 90, 110], [90, 110, 90, 110]])
    #expect(within.betweenLaunches == 0)
    #expect(abs(try #require(within.withinLaunches) - 0.1155) < 0.001)
    let between = Variance([[90, 90, 90], [110, 110, 110]])
    #expect(between.withinLaunches == 0)
    #expect(abs(try #require(between.betweenLaunches) - 0.1414) < 0.001)
  }

  @Test func unknownWithoutReplication() {
    let one = Variance([[1], [2]])
    #expect(one.betweenLaunches == nil)
    #expect(one.withinLaunches == nil)
    #expect(one.lag1 == nil)
    #expect(Variance([]).withinLaunches == nil)
    #expect(Variance([[1, 2, 1]]).betweenLaunches == nil)
  }

  @Test func autocorrelationHasASign() throws {
    #expect(try #require(Variance.lag1([[1, 2, 1, 2, 1, 2]])) < -0.7)
    #expect(try #require(Variance.lag1([[1, 2, 3, 4, 5, 6, 7, 8]])) > 0.5)
    #expect(Variance.lag1([[3, 3, 3]]) == nil)
  }
}
