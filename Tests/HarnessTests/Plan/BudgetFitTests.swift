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

  @Test func aBudgetPromisesSixLaunchesAndSpendsTheRestLater() throws {
    let fitted = try plan.fitted(to: .seconds(600))
    #expect(fitted.cells.allSatisfy { $0.launches == 6 && $0.measure == .seconds(1) })
    #expect(fitted.notes.count == 1 && fitted.notes[0].contains("6 launch(es) of each cell"))
    #expect(Array(plan.order.prefix(fitted.order.count)) == fitted.order)
  }

  @Test func aJobThatAsksForLessIsPromisedLess() throws {
    let two = try Plan(job(minimal(), ["size=64B,128B", "launches=2"]), catalog: .sample)
    #expect(try two.fitted(to: .seconds(600)).cells.allSatisfy { $0.launches == 2 })
  }

  @Test func cutsPhasesFirst() throws {
    let fitted = try plan.fitted(to: .seconds(20))
    #expect(fitted.wholeEstimate <= .seconds(20))
    #expect(fitted.wholeEstimate > .seconds(18))
    #expect(fitted.cells.allSatisfy { $0.launches == 6 && $0.slice <= $0.measure })
    #expect(fitted.notes.contains { $0.contains("phases are cut to") })
  }

  @Test func cutsLaunchesNext() throws {
    let fitted = try plan.fitted(to: .seconds(2))
    #expect(fitted.wholeEstimate <= .seconds(2))
    #expect(fitted.cells.allSatisfy { (1..<6).contains($0.launches) })
    #expect(fitted.cells.allSatisfy { $0.measure >= .milliseconds(50) })
    #expect(fitted.notes.contains { $0.contains("no 95 % intervals") })
  }

  @Test func noLaunchTakesMoreThanATenth() throws {
    let one = try Plan(job(minimal(), ["measure=1s"]), catalog: .sample)
    let fitted = try one.fitted(to: .seconds(10), reserve: .seconds(1))
    #expect(fitted.cells.allSatisfy { $0.launchEstimate.count <= 900_000_000 })
    #expect(fitted.cells.allSatisfy { $0.launchEstimate.count > 850_000_000 })
  }

  @Test func whatFitsInNoCaseIsRefusedWithTheLeastThatDoes() throws {
    let error = #expect(throws: HarnessError.self) {
      try plan.fitted(to: .seconds(1), reserve: .milliseconds(900))
    }
    let text = try #require(error).description
    #expect(error?.code == .job)
    let least = try #require(text.firstMatch(of: #/give a budget of (\d+s) or more/#)).1
    let budget = try Nanoseconds(parsing: String(least))
    #expect(try plan.fitted(to: budget, reserve: .milliseconds(900)).cells.count == 4)
    #expect(throws: HarnessError.self) {
      try plan.fitted(
        to: Nanoseconds(budget.count - 1_000_000_000), reserve: .milliseconds(900))
    }
  }

  @Test func theRooflineCounts() throws {
    let small = try Plan(job(minimal()), catalog: .sample)
    let large = try Plan(job(minimal(), ["size=64B,16MiB", "launches=6"]), catalog: .sample)
    #expect(large.rooflineEstimate > small.rooflineEstimate)
    let fitted = try large.fitted(to: .seconds(6))
    #expect(fitted.estimate.count + 6 * large.rooflineEstimate.count <= 6_000_000_000)
  }

  @Test func longJobsFitToo() throws {
    let long = ["size=64B", "depth=1,2,3,4,5,6,7,8,9,10", "launches=1000", "measure=1h"]
    let plan = try Plan(job(minimal(), long), catalog: .sample)
    #expect(plan.estimate.seconds > 3.6e7)
    #expect(try plan.fitted(to: .seconds(60)).wholeEstimate <= .seconds(60))
  }
}
