// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing

@testable import Scenarios

@Suite(.timeLimit(.minutes(1))) struct BrakeTests {
  private let clock = MeasurementClock.calibrated()

  /// The shortest of several pauses: an interruption only makes one longer.
  private func shortest(_ body: () -> Void) -> Double {
    let times = (0..<20).map { _ -> UInt64 in
      let begin = clock.ticks()
      body()
      return clock.ticks() &- begin
    }
    return Double(times.min() ?? 0)
  }

  @Test(arguments: [3.0, 10, 50]) func aPauseIsTheShareOfAStretch(percent: Double) throws {
    let stretch = 4_000_000.0
    // The core has no one speed: a neighbour on it comes and goes between calibration and use.
    let shares = try (0..<8).map { _ in
      let brake = try #require(Brake(clock, percent: percent))
      return shortest { brake.pull(for: stretch) } / stretch * 100 / percent
    }
    #expect(shares.contains { (0.8...1.25).contains($0) }, "\(shares)")
  }

  @Test func whoIsNotSlowedHasNone() {
    #expect(Brake(clock, percent: 0) == nil)
  }
}
