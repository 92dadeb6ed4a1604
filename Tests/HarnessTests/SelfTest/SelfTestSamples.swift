// SPDX-License-Identifier: Apache-2.0
@testable import Harness

/// Cells of a self-test without any process: a truth, and what a harness says of it.
enum SelfTestSamples {
  static let clockReadCost = 20.0

  static func cell(
    _ store: String, load: Load = .closed, latency: LatencyKind = .oneWay, launches: Int = 1
  ) -> Cell {
    Cell(
      parameters: CellParameters(
        workload: latency == .halfRoundTrip ? "pingpong" : "stream", store: store,
        serializer: "none", size: ByteCount(64), wait: "spin"),
      load: load, placement: .preset("somewhere"), warmup: .milliseconds(1),
      measure: .seconds(1), slice: .milliseconds(100), launches: launches, latency: latency,
      roof: .unavailable("nothing moves"))
  }

  static func test(
    _ cell: Cell, _ records: [LaunchRecord], _ truths: [LaunchTruth?], exit: Int = 0,
    isRelease: Bool = true
  ) -> SelfTestCase {
    SelfTestCase(
      cell: RunCell(cell, samples: records, roofline: Roofline(), regimes: .unknown), exit: exit,
      truths: truths, clockReadCost: clockReadCost, isRelease: isRelease)
  }

  /// A launch that worked: verified, conserved, and as many messages as it took time for.
  static func record(_ cell: Cell, _ launch: Int, messages: Int, seconds: Double) -> LaunchRecord {
    LaunchRecord(
      cellID: cell.id, launch: launch,
      slices: [
        .init(duration: Nanoseconds(Int(seconds * 1e9)), messages: messages, bytes: 0)
      ],
      integrity: Integrity(sent: messages, received: messages),
      placement: ObservedPlacement(producerCPUs: [0], customerCPUs: [1], verified: true))
  }

  static func pairs(_ times: [Double]) -> [LatencyHistogram.Pair] {
    var recorder = LatencyRecorder()
    for time in times { recorder.record(nanoseconds: UInt64(max(0, time).rounded())) }
    return recorder.pairs()
  }

  /// Round trips of a store that takes twice what is drawn, one after the other.
  static func timed(_ distribution: ServiceDistribution, count: Int, seed: Int = 1) -> LaunchTruth {
    var time = 0.0
    var truth = LaunchTruth(
      operations: distribution.draws(count, seed: seed).enumerated().map { index, draw in
        // A store looks at its clock every now and then, and is a little late.
        let begin = time
        time += 2 * draw + 10
        return .init(
          sequence: UInt64(index), begin: begin, end: time, scripted: 2 * draw)
      })
    truth.elapsed.measured = time
    truth.elapsed.monotonic = time
    return truth
  }

  /// An open load of 10 000 messages a second on a store that blocks for the first part of each
  /// period; none blocks without a form.
  static func open(_ form: StallForm?, periods: Int = 10) -> LaunchTruth {
    let (interval, service) = (100_000.0, 10_000.0)
    let period = Double(form?.period.count ?? 100_000_000)
    var free = 0.0
    var nextStall = 0.0
    var truth = LaunchTruth()
    for sequence in 0..<Int(period * Double(periods) / interval) {
      let begin = max(free, Double(sequence) * interval)
      let isStalled = form != nil && begin >= nextStall
      let stall = isStalled ? Double(form?.length.count ?? 0) : 0
      if isStalled { nextStall += period }
      free = begin + stall + service
      truth.operations.append(
        .init(
          sequence: UInt64(sequence), begin: begin, end: free, scripted: service,
          isStalled: isStalled))
    }
    return truth
  }

  /// What a harness says of an open load: response from the intended start, service from the actual.
  static func open(
    _ store: String, _ truth: LaunchTruth, response: (LaunchTruth.Operation) -> Double
  ) -> SelfTestCase {
    let cell = cell(store, load: .open(Rate(perSecond: 10_000)))
    let count = truth.operations.count
    var record = record(cell, 0, messages: count, seconds: Double(count) / 10_000)
    record.response = pairs(truth.operations.map(response))
    record.service = pairs(truth.operations.map { $0.taken + 30 })
    return test(cell, [record], [truth])
  }
}

extension [SelfTestRow] {
  /// The subjects of rows that did not hold.
  var missed: [String] { filter { $0.verdict == .missed }.map(\.subject) }
}
