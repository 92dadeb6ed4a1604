// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct GateRulesTests {
  private let rules = GateRules(margin: GateMargin(relative: 0.05), alpha: 0.05)

  @Test(arguments: [
    ("5%", 0.05, nil), ("0.5%", 0.005, nil), ("200ns", 0, 200.0), ("5%,200ns", 0.05, 200),
    ("1us,3%", 0.03, 1000),
  ])
  func marginsAreRead(text: String, relative: Double, absolute: Double?) throws {
    let margin = try GateMargin(parsing: text)
    #expect(margin.relative == relative && margin.absolute == absolute)
  }

  @Test(arguments: ["", "5", "five%", "-1%", "100%", "5%,", "nan%"])
  func wrongMarginsAreRefused(text: String) {
    #expect(throws: HarnessError.self) { try GateMargin(parsing: text) }
  }

  @Test func theLargerFloorCounts() throws {
    let margin = try GateMargin(parsing: "5%,200ns")
    #expect(margin.logarithm(cost: 1000, quantum: 0) == log1p(0.2))
    #expect(margin.logarithm(cost: 100_000, quantum: 0) == log1p(0.05))
    #expect(margin.logarithm(cost: 100_000, quantum: 50_000) == log1p(0.5))
    #expect(GateMargin(relative: 0.05).logarithm(cost: 85, quantum: 5) == log1p(5.0 / 85))
  }

  @Test func whatCannotDecideIsRefusedWithWhatItWouldTake() {
    func complaint(_ launches: Int, _ cells: Int) -> String? {
      do throws(GateError) {
        try rules.checkPower(launches: launches, cells: cells)
        return nil
      } catch { return error.description }
    }
    #expect(complaint(5, 1)?.contains("the sign test needs 6") == true)
    #expect(complaint(6, 1) == nil)
    let many = complaint(6, 12)
    #expect(many?.contains("need 9 launches each") == true)
    #expect(many?.contains("at most 1 cells") == true)
    #expect(complaint(9, 12) == nil)
    #expect(complaint(12, 100) == nil)
    #expect(complaint(12, 103)?.contains("need 13 launches") == true)
  }

  @Test(arguments: [0, 1, -0.5, 2]) func alphaIsAChance(alpha: Double) {
    let rules = GateRules(margin: rules.margin, alpha: alpha)
    #expect(throws: GateError.self) { try rules.checkPower(launches: 12, cells: 1) }
  }

  @Test func looksNeverSpendMoreThanThereIs() {
    for count in 1...12 {
      var spent = 0.0
      for look in 1...count {
        let level = rules.level(spent: spent, isLast: look == count)
        #expect(level > 0)
        spent += level
      }
      #expect(abs(spent - rules.alpha) < 1e-12)
    }
    #expect([12, 18, 27, 41].allSatisfy { GateRules.look(after: $0) > $0 })
    #expect(GateRules.look(after: 12) == 18)
  }

  @Test func theGravestFindingWins() {
    let all: [GateFinding] = [
      .improvement, .inconclusive, .regression, .baseMissing, .capabilityMissing, .invalid,
      .integrity, .workerFailed,
    ]
    for count in 1...all.count {
      #expect(GateFinding.gravest(Array(all.prefix(count))) == all[count - 1])
    }
    #expect(GateFinding.gravest([GateFinding]()) == nil)
    #expect(Set(GateFinding.precedence) == Set(GateFinding.allCases))
  }
}

@Suite struct GateOrderTests {
  @Test func everyOrderIsFollowedByItsMirrorImage() {
    for seed in 0..<20 {
      var order = GateOrder(seed: seed, cell: "cell")
      let rounds = (0..<12).map { _ in order.next() }
      for round in stride(from: 0, to: 12, by: 2) {
        #expect(rounds[round + 1] == rounds[round].reversed())
      }
      for block in [rounds[..<6], rounds[6...]] {
        #expect(Set(block).count == 6, "all orders once")
      }
      #expect(rounds.count { $0.first == .base } == 4)
    }
  }

  @Test func theSeedAndTheCellDraw() {
    func rounds(_ seed: Int, _ cell: String) -> [[GateSide]] {
      var order = GateOrder(seed: seed, cell: cell)
      return (0..<12).map { _ in order.next() }
    }
    #expect(rounds(1, "a") == rounds(1, "a"))
    #expect((0..<8).contains { rounds($0, "a") != rounds($0 + 1, "a") })
    #expect((0..<8).contains { rounds($0, "a") != rounds($0, "b") })
  }
}
