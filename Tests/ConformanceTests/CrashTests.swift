// SPDX-License-Identifier: Apache-2.0
import Conformance
import Testing
import Transport

/// Ends are killed at random moments, for real.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CrashTests {
  @Test(arguments: [StoreKind.queue, .shm]) func survivorsGetWhatIsTheirs(store: StoreKind) {
    let pool = Rig.pool()
    let report = CrashTrials(store: store, seed: .random(in: 0 ... .max), peers: pool).run(0..<100)
    #expect(report.trials == 100)
    #expect(report.kills.values.reduce(0, +) + report.failures.count == 100)
    #expect(report.leftover == nil)
    for failure in report.failures {
      Issue.record("trial \(failure.trial) of seed \(report.seed): \(failure.violation)")
    }
  }
}
