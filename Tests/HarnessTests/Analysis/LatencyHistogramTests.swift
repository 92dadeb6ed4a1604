// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct LatencyHistogramTests {
  typealias Pair = LatencyHistogram.Pair

  @Test func mergingIsNotAveraging() {
    let fast = [Pair(nanoseconds: 100, count: 9_900)]
    let slow = [Pair(nanoseconds: 100_000, count: 100)]
    var merged = LatencyHistogram(fast)
    merged.add(slow)
    #expect(merged.count == 10_000)
    #expect(merged.value(at: 0.5) == 100)
    #expect(merged.value(at: 0.989) == 100)
    #expect(merged.value(at: 0.999) == 100_000)
  }

  @Test func percentilesAreWithinAThousandth() throws {
    let pairs = (1...100_000).map { Pair(nanoseconds: UInt64($0) * 37, count: 1) }
    let histogram = LatencyHistogram(pairs)
    for quantile in [0.5, 0.9, 0.99, 0.999] {
      let value = try #require(histogram.value(at: quantile))
      let exact = quantile * 100_000 * 37
      #expect(abs(value / exact - 1) < 0.0011, "\(quantile)")
    }
    #expect(histogram.minimum == 37)
    #expect(histogram.maximum == 3_700_000)
  }

  @Test func nothingIsLostAboveTheRange() {
    let day: UInt64 = 86_400_000_000_000
    let histogram = LatencyHistogram([
      Pair(nanoseconds: day, count: 3), .init(nanoseconds: 1, count: 0),
    ])
    #expect(histogram.count == 3)
    #expect(histogram.overflow == 3)
    #expect(histogram.maximum == day)
    #expect(LatencyHistogram().value(at: 0.5) == nil)
  }

  @Test func pairsSurviveCoding() throws {
    let pairs = [
      Pair(nanoseconds: 5, count: 1), .init(nanoseconds: 300, count: 1 << 40),
      .init(nanoseconds: .max, count: .max),
    ]
    #expect(PairCoding.decode(PairCoding.encode(pairs.reversed())) == pairs)
    #expect(
      PairCoding.encode([Pair(nanoseconds: 5, count: 1), .init(nanoseconds: 305, count: 2)])
        == "BQGsAgI=")
    #expect(PairCoding.decode("") == [])
  }

  @Test(arguments: ["?", "BQ==", "gA==", "/////////////wE="])
  func badPairsAreRefused(_ text: String) {
    #expect(PairCoding.decode(text) == nil)
  }

  @Test func overflowingStepsAreRefused() {
    let bytes: [UInt8] = Array(repeating: 0xff, count: 9) + [1, 1, 1, 1]
    #expect(PairCoding.decode(Data(bytes).base64EncodedString()) == nil)
  }
}

@Suite struct PercentileEstimateTests {
  private func launch(_ value: UInt64, _ count: UInt64) -> [LatencyHistogram.Pair] {
    [.init(nanoseconds: value, count: count)]
  }

  @Test func usesLaunchesWhenEachHasEnough() throws {
    let launches = (1...6).map { launch(UInt64($0) * 100, 100_000) }
    let metrics = try #require(LatencyMetrics(kind: .oneWay, launches: launches))
    #expect(metrics.p999.method == .launchMedian)
    #expect(metrics.p50.value == 350)
    #expect(metrics.p50.low == 100)
    #expect(metrics.p50.high == 600)
    #expect(metrics.p99.merged == 600)
  }

  @Test func mergesWhenLaunchesHaveTooFew() throws {
    let launches = (1...6).map { launch(UInt64($0) * 100, 2_000) }
    let p999 = try #require(LatencyMetrics(kind: .oneWay, launches: launches)).p999
    #expect(p999.method == .merged)
    #expect(p999.support == .weak)
    #expect(p999.exceedances == 12)
    #expect(p999.value == 600)
    #expect(p999.low == nil)
  }

  @Test func withholdsWhatNothingSupports() throws {
    let metrics = try #require(LatencyMetrics(kind: .oneWay, launches: [launch(5, 15)]))
    #expect(metrics.p50.value == nil)
    #expect(metrics.p999.value == nil)
    #expect(metrics.p999.merged == nil)
    #expect(LatencyMetrics(kind: .oneWay, launches: [[]]) == nil)
  }
}
