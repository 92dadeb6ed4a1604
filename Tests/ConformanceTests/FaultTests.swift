// SPDX-License-Identifier: Apache-2.0
import Conformance
import Testing
import Transport

/// A suite that cannot fail is worth nothing: each fault is found by the check that states what it
/// breaks.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FaultTests {
  typealias Fault = FaultyWorkshop.Fault

  private static let finders: [(Fault, [String])] = [
    (.corruptsAnItem, ["order", "exactly-once", "payloads", "strategy-all"]),
    (.skipsAnItem, ["order", "exactly-once", "model"]),
    (.repeatsAnItem, ["order", "exactly-once", "strategy-all", "model"]),
    (.swapsItems, ["order", "exactly-once"]),
    (.dropsMetadata, ["payloads"]),
    (.terminatesLater, ["terminate-is-now"]),
    (.endsEarly, ["end-loses-nothing", "order"]),
    (.endsOnce, ["put-after-end", "end-of-nothing", "late-attach"]),
    (.defaultsAfterTheEnd, ["default-values"]),
    (.forgetsSkips, ["strategy-latest", "strategy-skip", "model"]),
    (.skipIsIdempotentNot, ["strategy-skip", "strategy-latest"]),
    (.waitsForNothing, ["timeouts"]),
    (.hidesErrors, ["decode-failure"]),
    (.reportsReadyForNothing, ["timeouts"]),
    (.staleAfterNext, ["order", "strategy-all", "borrow"]),
    (.oneMoreThanCapacity, ["capacity", "drops-counted", "fail-keeps-all", "counters"]),
    (.oneLessThanCapacity, ["capacity"]),
    (.countsNoDrops, ["drops-counted", "model"]),
    (.countsTwice, ["drops-counted", "model"]),
    (.dropsInsteadOfFails, ["fail-keeps-all", "capacity"]),
    (.putsAfterTheEnd, ["put-after-end"]),
    (.losesTheLast, ["order", "exactly-once"]),
    (.lateStartsAtHead, ["late-attach"]),
    (.keepsTheDetached, ["detach"]),
  ]

  private static let pairs = finders.flatMap { fault, ids in ids.map { (fault, $0) } }

  @Test(arguments: pairs) func theCheckFindsTheFault(fault: Fault, id: String) throws {
    let check = try Rig.check(id)
    let pool = Rig.pool()
    let run = SuiteRun(
      peers: pool, workshop: FaultyWorkshop(fault: fault), effort: Rig.effort, seed: 3)
    // In a thread: the fault is in this process's customer.
    let store = StoreKind.allCases.first { !check.examples(of: $0).isEmpty } ?? .shm
    let examples = check.examples(of: store).filter { $0.context == .sameProcess }
    let found = examples.contains { run.run(check, on: $0) != nil }
    #expect(found, "\(id) does not find \(fault)")
  }

  /// Or the test above would find anything.
  @Test func theSameChecksHoldWithoutAFault() throws {
    let pool = Rig.pool()
    let run = SuiteRun(peers: pool, effort: Rig.effort, seed: 3)
    for id in Set(Self.pairs.map(\.1)) {
      let check = try Rig.check(id)
      let store = StoreKind.allCases.first { !check.examples(of: $0).isEmpty } ?? .shm
      for example in check.examples(of: store) where example.context == .sameProcess {
        #expect(run.run(check, on: example) == nil, "\(id) \(example)")
      }
    }
  }
}
