// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct QuarantineTests {
  private func causes(_ noise: Noise, hasOwnCores: Bool = true) -> String? {
    Quarantine.causes(noise, in: .milliseconds(100), hasOwnCores: hasOwnCores)
  }

  struct Case: Sendable {
    var noise: Noise
    var cause: String?
    /// Whether it is a cause too where ends share a core.
    var isAlways = false
  }

  private static func pressure(memory: Int? = nil, cpu: Int? = nil, io: Int? = nil) -> Noise {
    var noise = Noise()
    (noise.memoryPressure, noise.cpuPressure, noise.ioPressure) = (memory, cpu, io)
    return noise
  }

  @Test(arguments: [
    Case(noise: Noise(), cause: nil),
    Case(noise: Noise(steal: 0, runDelay: 0, migrations: 0, majorFaults: 0), cause: nil),
    Case(noise: Noise(steal: 10_000_000), cause: "steal 10.0 ms", isAlways: true),
    Case(noise: Noise(steal: 1_000_000), cause: nil),
    Case(noise: Noise(runDelay: 2_000_001), cause: "run delay 2.00 ms"),
    Case(noise: Noise(runDelay: 2_000_000), cause: nil),
    // A thousand wakings may take five milliseconds.
    Case(noise: Noise(runDelay: 7_000_000, voluntarySwitches: 1000), cause: nil),
    Case(
      noise: Noise(runDelay: 7_000_001, voluntarySwitches: 1000), cause: "run delay 7.00 ms"),
    Case(noise: Noise(involuntarySwitches: 100), cause: nil),
    Case(noise: Noise(involuntarySwitches: 101), cause: "involuntary switches 101"),
    Case(noise: Noise(migrations: 1), cause: "migrations 1", isAlways: true),
    Case(noise: Noise(majorFaults: 2), cause: "major faults 2", isAlways: true),
    Case(noise: Noise(minorFaults: 9999), cause: nil),
    Case(noise: pressure(memory: 1_000_001), cause: "memory pressure 1.00 ms", isAlways: true),
    Case(noise: pressure(memory: 1_000_000), cause: nil),
    // Other tasks may wait for other CPUs and for disks.
    Case(noise: pressure(cpu: 100_000_000, io: 100_000_000), cause: nil),
    Case(
      noise: Noise(steal: 20_000_000, migrations: 3), cause: "steal 20.0 ms, migrations 3",
      isAlways: true),
  ])
  func causesAreNamedAndValuesNeverAsked(_ script: Case) {
    #expect(causes(script.noise) == script.cause)
    #expect(causes(script.noise, hasOwnCores: false) == (script.isAlways ? script.cause : nil))
  }

  /// One switch in a slice of half a millisecond is a rate of two thousand a second, and says nothing.
  @Test func oneSwitchIsNone() {
    let noise = Noise(involuntarySwitches: 1)
    #expect(Quarantine.causes(noise, in: Nanoseconds(500_000), hasOwnCores: true) == nil)
  }

  @Test func summariesCountSlicesByCause() {
    let texts = ["steal 10 ms, run delay 9 ms", "run delay 31 ms", "migrations 2"]
    #expect(Quarantine.summary(texts) == "1 steal, 2 run delay, 1 migrations")
    #expect(Quarantine.summary([]) == "")
  }
}
