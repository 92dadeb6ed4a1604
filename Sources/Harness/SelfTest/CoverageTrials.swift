// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Whether 95 % intervals contain the truth as often as they say, over many synthetic runs that go
/// through the harness's own analysis.
///
/// The truth is the median of what a launch of such a cell gives, and known in closed form: the
/// logarithm of a launch's rate is normal about it. It is made of an effect of the launch (layout,
/// where its pages lie) and of the mean of its slices, which drift: an autoregressive process, so that
/// neighbouring slices agree and none of them is a replicate.
public struct CoverageTrials: Sendable {
  /// Messages per second that half of all launches exceed.
  static let trueMedian = 1e6
  private static let sliceCount = 10
  private static let slice = Nanoseconds.milliseconds(100)

  public var runs: Int
  public var launches: Int
  public var seed: Int
  /// Standard deviation of the launch effect, and of a slice, of logarithms.
  var betweenLaunches = 0.10
  var withinLaunches = 0.05
  /// Correlation of a slice with the next.
  var lag1 = 0.7

  public init(runs: Int, launches: Int, seed: Int) {
    self.runs = runs
    self.launches = launches
    self.seed = seed
  }

  /// How many of the runs' intervals contain the truth.
  ///
  /// - Parameter interval: reads the interval of a run; by default that of the cell's summary.
  func covered(
    by interval: (Cell, [LaunchRecord]) -> (low: Double, high: Double)? = Self.reported
  ) -> Int {
    let cell = Self.cell(launches: launches)
    var random = Xoshiro256(seed: SplitMix64.mixed(UInt64(seed), UInt64(launches)))
    return (0..<runs).count { _ in
      let records = (0..<launches).map { record(cell, $0, &random) }
      guard let found = interval(cell, records) else { return false }
      return found.low <= Self.trueMedian && Self.trueMedian <= found.high
    }
  }

  /// What a table prints.
  static func reported(_ cell: Cell, _ records: [LaunchRecord]) -> (low: Double, high: Double)? {
    let summary = CellSummary(cell, records: records, roofline: Roofline(), regimes: .unknown)
    guard let rate = summary.metrics.messagesPerSecond, let low = rate.low, let high = rate.high
    else { return nil }
    return (low, high)
  }

  public func row() -> SelfTestRow { row(covered: covered()) }

  /// Of what the interval says of itself, either way: the bar is 95 % within 2 %, and the exact share
  /// of an interval between two launches is seldom a round number.
  static let tolerance = 0.02

  func row(covered: Int) -> SelfTestRow {
    let exact = Statistics.signRank(launches, confidence: 0.95)?.coverage ?? 0
    let share = Double(covered) / Double(max(runs, 1))
    return SelfTestRow(
      "intervals", "\(launches) launches",
      expected: "\(SelfTestText.share(exact)) cover, within 2 %",
      found: "\(SelfTestText.share(share))",
      verdict: abs(share - exact) <= Self.tolerance ? .held : .missed,
      note: "\(covered) of \(runs) synthetic runs")
  }

  // MARK: A synthetic run

  private static func cell(launches: Int) -> Cell {
    Cell(
      parameters: CellParameters(
        workload: "stream", store: "synthetic", serializer: "none", size: ByteCount(64),
        wait: "spin"),
      placement: .preset("nowhere"), warmup: Nanoseconds(0),
      measure: Nanoseconds(slice.count * sliceCount), slice: slice, launches: launches,
      latency: .oneWay, roof: .unavailable("nothing moves"))
  }

  private func record(
    _ cell: Cell, _ launch: Int, _ random: inout Xoshiro256
  ) -> LaunchRecord {
    let drift = slices(&random)
    let mean = drift.reduce(0, +) / Double(drift.count)
    let rate = Self.trueMedian * exp(betweenLaunches * random.normal() + mean)
    let slices = drift.map { deviation in
      // About the launch's rate, which their sum must give: rates of equal slices add up.
      let messages = rate * Self.slice.seconds * (1 + deviation - mean)
      return LaunchRecord.Slice(
        duration: Self.slice, messages: max(0, Int(messages.rounded())), bytes: 0)
    }
    var record = LaunchRecord(cellID: cell.id, launch: launch, slices: slices)
    let messages = slices.reduce(0) { $0 + $1.messages }
    record.integrity = Integrity(sent: messages, received: messages)
    return record
  }

  /// A stationary autoregressive process of order one.
  private func slices(_ random: inout Xoshiro256) -> [Double] {
    var value = withinLaunches * random.normal()
    let fresh = withinLaunches * (1 - lag1 * lag1).squareRoot()
    return (0..<Self.sliceCount).map { _ in
      defer { value = lag1 * value + fresh * random.normal() }
      return value
    }
  }
}
