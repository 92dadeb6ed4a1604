// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct RunBudgetTests {
  private func record(_ rate: Int, launch: Int, errors: [String] = []) -> LaunchRecord {
    LaunchRecord(
      cellID: "cell", launch: launch,
      slices: [.init(duration: .seconds(1), messages: rate, bytes: 0)], errors: errors)
  }

  private func spending(_ cells: [[Int]]) -> BudgetSpending {
    var spending = BudgetSpending()
    for (cell, rates) in cells.enumerated() {
      for (launch, rate) in rates.enumerated() {
        spending.note(record(rate, launch: launch), of: cell, .messageRate)
      }
    }
    return spending
  }

  @Test func whatIsKnownLeastIsNext() {
    let spending = spending([
      [100, 101, 100, 101, 100, 101], [100, 150, 100, 150, 100, 150],
      [100, 130, 100, 130, 100, 130], [100, 104, 100, 104, 100, 104],
    ])
    // Those at least half as wide as the widest, so that they take turns.
    #expect(spending.widest(of: [0, 1, 2, 3], .unknown) == [1, 2])
    #expect(spending.widest(of: [0, 3], .unknown) == [3])
  }

  @Test func widthAloneDecides() {
    let rates = [[100, 150, 100, 150, 100, 150], [100, 120, 100, 120, 100, 120]]
    let scaled = [rates[0].map { $0 * 1000 }, rates[1]]
    #expect(spending(rates).widest(of: [0, 1], .unknown) == [0])
    #expect(spending(scaled).widest(of: [0, 1], .unknown) == [0])
    #expect(spending(scaled.reversed()).widest(of: [0, 1], .unknown) == [1])
  }

  @Test func noIntervalIsTheWidest() {
    let spending = spending([[100, 900, 100, 900, 100, 900], [100, 100, 100, 100, 100]])
    #expect(spending.halfWidth(of: 1, .unknown) == .infinity)
    #expect(spending.widest(of: [0, 1], .unknown) == [1])
  }

  @Test func launchesOfOtherRegimesDoNotCount() {
    var spending = BudgetSpending()
    var links: [LinkFingerprint] = []
    for launch in 0..<8 {
      var record = record(100 + launch, launch: launch)
      let distance = launch < 2 ? 300.0 : 60
      record.link = LinkFingerprint(cpus: [0, 1], before: distance, after: distance)
      links += [record.link].compactMap { $0 }
      spending.note(record, of: 0, .messageRate)
    }
    #expect(spending.halfWidth(of: 0, .unknown).isFinite)
    var narrow = Regimes(links: links)
    #expect(spending.halfWidth(of: 0, narrow).isFinite)
    narrow = Regimes(links: [links[0], links[1]])
    #expect(spending.halfWidth(of: 0, narrow) == .infinity, "two are compared")
  }

  @Test func cellsThatCannotBeKnownBetterGetNothing() {
    var spending = spending([[0, 0, 0, 0, 0, 0], [100, 101, 100, 101, 100, 101], [100]])
    spending.note(record(0, launch: 1, errors: ["died"]), of: 2, .messageRate)
    #expect(spending.halfWidth(of: 0, .unknown) == 0, "nought has no logarithm")
    #expect(spending.widest(of: [0, 1, 2], .unknown) == [1])
  }

  /// A launch whose slices were all disturbed has no number, and is made up for.
  @Test func launchesWithoutANumberAreMadeUpFor() {
    var spending = spending([[100, 100, 100], [100, 100, 100, 100, 100, 100]])
    let numberless = LaunchRecord(cellID: "cell", launch: 3, slices: [])
    for _ in 0..<5 { spending.note(numberless, of: 0, .messageRate) }
    #expect(spending.widest(of: [0, 1], .unknown) == [0])
    spending.note(numberless, of: 0, .messageRate)
    #expect(spending.widest(of: [0, 1], .unknown) == [1], "six of nine: no launch will tell")
  }

  @Test func aRunEndsNearItsBudget() {
    let second: Int64 = 1_000_000_000
    let budget = RunBudget(begun: 0, total: .seconds(60))
    #expect(budget.pays(for: second, closing: second, now: 58 * second))
    #expect(budget.pays(for: second, closing: second, now: 58 * second + second / 2))
    #expect(!budget.pays(for: second, closing: second, now: 58 * second + second / 2 + 1))
    // A twentieth is 3 s: no launch is begun that ends later than 2.4 s after the end.
    #expect(budget.pays(for: 6 * second, closing: 0, now: 56 * second))
    #expect(!budget.pays(for: 6 * second, closing: 0, now: 57 * second))
  }

  @Test func closingCostsWhatItCostBefore() {
    var spending = BudgetSpending()
    let bare = spending.closing
    #expect(bare > 0)
    spending.noteFinish(summing: 30, launches: 3, writing: 7)
    #expect(spending.closing == bare + 7, "nothing was launched yet")
    for cell in 0..<4 { spending.note(cell: cell, took: 100) }
    #expect(spending.closing == bare + 2 * 40 + 7)
    spending.noteFinish(summing: 0, launches: 0, writing: 1000)
    #expect(spending.closing == bare + 2 * 40 + 7, "a file without launches says nothing")
  }

  @Test func oneLaunchThatWasHeldUpDoesNotDecide() {
    var spending = BudgetSpending()
    #expect(spending.cost(of: 0, Nanoseconds(70)) == 70)
    for took in [100, 100, 100, 500] { spending.note(cell: 0, took: Int64(took)) }
    #expect(spending.cost(of: 0, Nanoseconds(70)) == 200)
  }
}
