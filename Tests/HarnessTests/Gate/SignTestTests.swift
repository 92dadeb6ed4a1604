// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct SignTestTests {
  @Test func tailsAreThoseOfTheBinomial() {
    #expect(Statistics.signTail(6, atLeast: 6) == 1.0 / 64)
    #expect(Statistics.signTail(6, atLeast: 5) == 7.0 / 64)
    #expect(Statistics.signTail(6, atLeast: 0) == 1)
    #expect(Statistics.signTail(6, atLeast: 7) == 0)
    #expect(Statistics.signTail(0, atLeast: 1) == 0)
    #expect(abs(Statistics.signTail(1000, atLeast: 500) - 0.51261) < 1e-5)
  }

  @Test(arguments: [(0.05, 6), (0.05 / 100, 12), (0.05 / 200, 13), (0.5, 2), (0.03125, 6)])
  func theFewestValuesReachTheLevel(level: Double, fewest: Int) {
    #expect(Statistics.fewestValues(level: level) == fewest)
    let all = Array(repeating: 1.0, count: fewest)
    #expect(Statistics.signTest(all, margin: 0) <= level)
    #expect(Statistics.signTest(Array(all.dropLast()), margin: 0) > level)
  }

  /// What the test finds is what the interval shows, at every level and margin.
  @Test func testAndIntervalAgree() throws {
    var random = Xoshiro256(seed: 7)
    for _ in 0..<400 {
      let count = 6 + Int(random.below(40))
      let values = (0..<count).map { _ in Double(random.below(200)) / 100 - 0.6 }
      let level = [0.05, 0.01, 0.03][Int(random.below(3))]
      let margin = Double(random.below(30)) / 100
      guard let interval = Statistics.signInterval(values, confidence: 1 - level) else { continue }
      let isBeyond = interval.low > margin || interval.high < -margin
      #expect((Statistics.signTest(values, margin: margin) <= level) == isBeyond)
    }
  }
}
