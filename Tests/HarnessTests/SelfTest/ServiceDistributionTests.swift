// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct ServiceDistributionTests {
  /// Tables of the normal distribution.
  @Test(
    arguments: [
      (0.5, 0.0), (0.841344746068543, 1.0), (0.975, 1.959963984540054),
      (0.999, 3.090232306167813), (0.001, -3.090232306167813), (1e-9, -5.997807015007774),
    ])
  func theNormalQuantileIsTheTables(probability: Double, value: Double) {
    #expect(abs(ServiceDistribution.normalQuantile(probability) - value) < 1e-7)
  }

  @Test func closedFormsAreTheTextbooks() {
    let pareto = ServiceDistribution.pareto(scale: 5, shape: 2)
    #expect(abs(pareto.quantile(0.99) - 50) < 1e-9)
    #expect(abs(pareto.quantile(0.75) - 10) < 1e-9)
    let bimodal = ServiceDistribution.bimodal(fast: 1, slow: 7, slowShare: 0.03)
    #expect(bimodal.quantile(0.96) == 1 && bimodal.quantile(0.98) == 7)
    let lognormal = ServiceDistribution.lognormal(median: 8, sigma: 0.5)
    #expect(abs(lognormal.quantile(0.5) - 8) < 1e-9)
    #expect(abs(log(lognormal.quantile(0.841344746068543) / 8) - 0.5) < 1e-7)
  }

  @Test(
    arguments: [
      ServiceDistribution.constant(3), .bimodal(fast: 1, slow: 7, slowShare: 0.03),
      .pareto(scale: 5, shape: 2), .lognormal(median: 8, sigma: 0.6),
    ])
  func drawsFollowTheClosedFormAndTheSeed(distribution: ServiceDistribution) {
    let draws = distribution.draws(20_000, seed: 4)
    #expect(draws == distribution.draws(20_000, seed: 4))
    let sorted = draws.sorted()
    for (_, quantile) in ServiceTimeJudge.quantiles {
      // Five standard deviations of the rank.
      let spread = Int((5 * (quantile * (1 - quantile) * 20_000).squareRoot()).rounded(.up))
      let rank = Int(quantile * 20_000)
      let expected = distribution.quantile(quantile)
      #expect(sorted[max(0, rank - spread)] <= expected)
      #expect(sorted[min(19_999, rank + spread)] >= expected)
    }
  }
}
