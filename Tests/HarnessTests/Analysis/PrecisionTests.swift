// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct PrecisionTests {
  @Test func theEffectFollowsFromTheInterval() throws {
    let even = try #require(Precision(metric: .messageRate, low: 100, high: 100))
    #expect(even.halfWidth == 0 && even.detectableEffect == 0)
    let wide = try #require(Precision(metric: .latency, low: 90, high: 110))
    #expect(abs(wide.halfWidth - log(110.0 / 90) / 2) < 1e-15)
    #expect(abs(wide.detectableEffect - (exp(2.0.squareRoot() * wide.halfWidth) - 1)) < 1e-15)
    // Units cancel.
    #expect(Precision(metric: .latency, low: 9, high: 11)?.halfWidth == wide.halfWidth)
    #expect(Precision(metric: .latency, low: 0, high: 11) == nil)
    #expect(
      try JSONDecoder().decode(Precision.self, from: JSONEncoder().encode(wide)) == wide)
  }

  @Test func aRunSaysWhatItIsGoodFor() throws {
    let run = try SampleRun.run(SampleRun.small)
    let effect = run.detectableEffect
    #expect(effect.cells > 0 && effect.withoutInterval == 0)
    let each = run.cells.compactMap { $0.precision?.detectableEffect }
    #expect(effect.largest == each.max() && effect.median == Statistics.median(each))
    #expect(run.cells.contains { $0.cell.id == effect.largestCell })
    let text = Report(run).document().markdown()
    #expect(text.contains("detectable effect: differences show from "))
    for cell in run.cells where cell.status == .ok {
      let isStream = cell.cell.workload == "stream"
      #expect(cell.precision?.metric == (isStream ? .messageRate : .latency))
    }
  }

  @Test func fewLaunchesHaveNone() throws {
    let effect = try SampleRun.run(SampleRun.small, launches: 5).detectableEffect
    #expect(effect.median == nil && effect.largest == nil && effect.largestCell == nil)
    #expect(effect.cells > 0 && effect.withoutInterval == effect.cells)
  }
}
