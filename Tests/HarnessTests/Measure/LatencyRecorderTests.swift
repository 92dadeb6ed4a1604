// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct LatencyRecorderTests {
  @Test func keepsEveryCountAndThreeDigits() {
    var recorder = LatencyRecorder()
    let values: [UInt64] = [0, 1, 2, 999, 1000, 123_456, 10_000_000_000, .max]
    for value in values { recorder.record(nanoseconds: value) }
    let pairs = recorder.pairs()
    #expect(pairs.reduce(0) { $0 + $1.count } == UInt64(values.count))
    let hour = 3_600_000_000_000.0
    for value in values {
      let wanted = min(Double(value), hour)
      let error = pairs.map { abs(Double($0.nanoseconds) - wanted) }.min() ?? .infinity
      #expect(error <= max(wanted * 0.001, 1), "\(value)")
    }
  }

  /// The library that reads them puts each pair where the value itself would have been.
  @Test func itsBucketsAreThoseOfTheHistogram() {
    var random = Xoshiro256(seed: 7)
    for power in 0..<42 {
      var recorder = LatencyRecorder()
      let value = UInt64(1) << UInt64(power) + random.next() % (1 << UInt64(power))
      recorder.record(nanoseconds: value)
      let pairs = recorder.pairs()
      #expect(pairs.count == 1)
      let own = LatencyHistogram(pairs).value(at: 0.5)
      let direct = LatencyHistogram([.init(nanoseconds: value, count: 1)])
      var other = direct
      // A second value far away: a percentile is then the bucket's upper end and not the sample.
      other.add([.init(nanoseconds: 3_600_000_000_000, count: 1)])
      #expect(own == other.value(at: 0.5), "\(value)")
    }
  }

  @Test func takingBeginsAnew() {
    var recorder = LatencyRecorder()
    for value: UInt64 in [5, 5, 70_000] { recorder.record(nanoseconds: value) }
    #expect(recorder.take().map(\.count) == [2, 1])
    #expect(recorder.take().isEmpty)
    recorder.record(nanoseconds: 6)
    #expect(recorder.pairs() == [.init(nanoseconds: 6, count: 1)])
  }
}
