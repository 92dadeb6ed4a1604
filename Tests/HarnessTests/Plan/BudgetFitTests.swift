// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct BudgetFitTests {
  let plan: Plan

  init() throws {
    plan = try Plan(job(minimal(), ["size=64B,128B,256B,512B", "launches=12"]), catalog: .sample)
  }

  @Test func estimatesLaunches() {
    // 12 × 4 × (30 ms and 4 to 33 µs of touching, 200 ms warm-up, 1 s)
    #expect(plan.estimate > .milliseconds(48 * 1230))
    #expect(plan.estimate < .milliseconds(48 * 1231))
  }

  @Test func aCeilingIsNotATarget() {
    #expect(plan.fitted(to: .seconds(600)) == plan)
  }

  @Test func cutsPhasesFirst() {
    let fitted = plan.fitted(to: .seconds(30))
    #expect(fitted.estimate <= .seconds(30))
    #expect(fitted.estimate > .seconds(28))
    #expect(fitted.cells.allSatisfy { $0.launches == 12 && $0.slice <= $0.measure })
    #expect(fitted.notes.count == 1)
    #expect(fitted.notes[0].contains("phases are cut to"))
    #expect(fitted.order == plan.order)
  }

  @Test func cutsLaunchesNext() {
    let fitted = plan.fitted(to: .seconds(3))
    #expect(fitted.estimate <= .seconds(3))
    #expect(fitted.cells.allSatisfy { (6..<12).contains($0.launches) })
    #expect(fitted.cells.allSatisfy { $0.measure >= .milliseconds(50) })
    #expect(fitted.notes.contains { $0.contains("launches are cut from 12 to 8") })
    #expect(!fitted.notes.contains { $0.contains("no 95 % intervals") })
  }

  @Test func saysWhenTooFewLaunchesRemain() {
    let fitted = plan.fitted(to: .seconds(1))
    #expect(fitted.cells.allSatisfy { $0.launches < 6 })
    #expect(fitted.notes.contains { $0.contains("there are no 95 % intervals") })
  }

  @Test func saysWhenNothingFits() {
    let fitted = plan.fitted(to: .seconds(1), reserve: .milliseconds(900))
    #expect(fitted.cells.allSatisfy { $0.launches == 1 })
    #expect(fitted.notes.contains { $0.contains("does not fit the budget") })
  }

  @Test func longJobsFitToo() throws {
    let long = ["size=64B", "depth=1,2,3,4,5,6,7,8,9,10", "launches=1000", "measure=1h"]
    let plan = try Plan(job(minimal(), long), catalog: .sample)
    #expect(plan.estimate.seconds > 3.6e7)
    #expect(plan.fitted(to: .seconds(60)).estimate <= .seconds(60))
  }
}
