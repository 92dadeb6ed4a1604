// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct LatencyRecorderTests {
  @Test func keepsEveryCountAndThreeDigits() {
    var recorder = LatencyRecorder()
    let values: [UInt64] = [0, 1, 2, 999, 1000, 123_456, 10_000_000_000, .max]
    for value in values { recorder.record(nanoseconds: value) }
    let pairs = recorder.pairs()
    #expect(pairs.reduce(0) { $0 + $1[1] } == UInt64(values.count))
    let hour = 3_600_000_000_000.0
    for value in values {
      let wanted = min(Double(value), hour)
      let error = pairs.map { abs(Double($0[0]) - wanted) }.min() ?? .infinity
      #expect(error <= max(wanted * 0.001, 1), "\(value)")
    }
  }
}
