// SPDX-License-Identifier: Apache-2.0
import Conformance
import Testing
import Transport

/// The stores of this package hold what the suite states.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SuiteTests {
  @Test(arguments: Rig.pairs) func theStoreHolds(id: String, store: StoreKind) throws {
    let pool = Rig.pool()
    defer { pool.close() }
    let finding = SuiteRun(peers: pool, effort: Rig.effort, seed: .random(in: 0 ... .max))
      .run(try Rig.check(id), on: store)
    let example = finding.example ?? ""
    #expect(finding.violation == nil, "\(store.rawValue) \(id) \(example)")
  }

  @Test func everyCheckHasANameAndAStatementOfItsOwn() {
    let ids = Suite.checks.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(Set(Suite.checks.map(\.statement)).count == ids.count)
    for check in Suite.checks {
      #expect(check.id.allSatisfy { $0.isLowercase || $0 == "-" }, "\(check.id)")
      #expect(StoreKind.allCases.contains { !check.examples(of: $0).isEmpty }, "\(check.id)")
      // What says nothing about a store says why.
      for store in StoreKind.allCases where check.examples(of: store).isEmpty {
        #expect(check.exemption(store) != nil, "\(check.id) \(store)")
      }
    }
  }

  @Test func axesMultiplyTheExamples() throws {
    let order = try Rig.check("order")
    let pressures = Backpressure.allCases.count - 1  // all but drop-oldest
    #expect(order.examples(of: .list).count == pressures)
    #expect(order.examples(of: .shm).count == 4 * 2 * pressures)
    #expect(Set(order.examples(of: .shm)).count == order.examples(of: .shm).count)
    #expect(
      try Rig.check("killed-customer").examples(of: .shm).allSatisfy {
        $0.context == .otherProcess
      })
  }

  @Test func aPayloadAbove2GiBIsOnlyTriedWhenAskedFor() throws {
    let pool = Rig.pool()
    defer { pool.close() }
    let finding = SuiteRun(peers: pool).run(try Rig.check("payload-huge"), on: .shm)
    guard case .notApplicable(let reason) = finding.verdict else {
      Issue.record("it was tried")
      return
    }
    #expect(reason == "only with --huge")
  }
}
