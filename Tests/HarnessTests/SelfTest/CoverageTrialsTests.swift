// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct CoverageTrialsTests {
  private static let trials = CoverageTrials(runs: 500, launches: 12, seed: 1)

  @Test func intervalsOfLaunchesCoverAsTheySay() {
    let row = Self.trials.row()
    #expect(row.verdict == .held, "\(row)")
    #expect(row.expected.hasPrefix("96.1 %"))
  }

  /// Slices of one launch are no replicates: who takes them for such is sure of too much.
  @Test func intervalsOfSlicesDoNot() {
    let covered = Self.trials.covered { _, records in
      let rates = Regimes.unknown.counted(records).flatMap(\.sliceRates)
      return Statistics.signInterval(rates).map { ($0.low, $0.high) }
    }
    let row = Self.trials.row(covered: covered)
    #expect(row.verdict == .missed)
    #expect(covered < 400, "\(covered)")
  }

  @Test func intervalsThatAreTooWideAreMissedToo() {
    #expect(Self.trials.row(covered: 500).verdict == .missed)
    #expect(Self.trials.row(covered: 480).verdict == .held)
    // 96.1 % less two.
    #expect(Self.trials.row(covered: 470).verdict == .missed)
  }

  @Test func runsFollowTheirSeed() {
    let few = CoverageTrials(runs: 20, launches: 6, seed: 5)
    #expect(few.covered() == few.covered())
    var seen: [[LaunchRecord]] = []
    for seed in [5, 6] {
      _ = CoverageTrials(runs: 1, launches: 2, seed: seed).covered { _, records in
        seen.append(records)
        return nil
      }
    }
    #expect(seen[0] != seen[1])
  }
}
