// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct GateTrialTests {
  private func trial(cells: Int = 1, quantum: Double = 0, delta: Double = 0.05) -> GateTrial {
    GateTrial(
      rules: GateRules(margin: GateMargin(relative: delta), alpha: 0.05), launches: 12,
      quanta: Array(repeating: quantum, count: cells))
  }

  private func round(
    head: Double, control: Double = 1, base: Double = 1000, link: [LinkFingerprint?] = [nil, nil]
  ) -> GateRound {
    GateRound(
      order: [.base, .head, .control], base: GateLaunch(cost: base, link: link[0]),
      head: GateLaunch(cost: base * head, link: link[1]),
      control: GateLaunch(cost: base * control, link: link[0]))
  }

  /// Small, seeded, and as often up as down.
  private func jitter(_ number: Int) -> Double { 1 + [0.002, -0.002, 0.004, -0.004][number % 4] }

  private func run(_ trial: inout GateTrial, most: Int = 12, _ head: [Double]) {
    for number in 0..<most {
      for (cell, ratio) in head.enumerated() where trial.undecided.contains(cell) {
        trial.add(
          round(head: ratio * jitter(number + cell), control: jitter(number + 1)), to: cell)
      }
      if !trial.closeRound(isLast: number == most - 1) { return }
    }
  }

  @Test(arguments: [
    (1.10, GateVerdict.slower), (0.90, .faster), (1.0, .same), (1.02, .same), (0.98, .same),
    (1.05, .inconclusive), (0.95, .inconclusive),
  ])
  func everyVerdict(ratio: Double, verdict: GateVerdict) throws {
    var trial = trial()
    run(&trial, [ratio])
    let state = trial.states[0]
    #expect(state.verdict == verdict)
    let median = try #require(state.head.median)
    #expect(abs(exp(median) - ratio) < 0.01)
    let (low, high) = (try #require(state.head.low), try #require(state.head.high))
    #expect(low <= median && median <= high)
    #expect(state.controlDiffers == false && state.control.pairs == 12)
    #expect(try #require(state.detectable) > state.margin)
    #expect((state.look == nil) == (verdict == .inconclusive))
  }

  @Test func oneDecidedCellGetsNoMoreRounds() {
    var trial = trial(cells: 2)
    run(&trial, most: 30, [1.2, 1.05])
    #expect(trial.states.map(\.verdict) == [.slower, .inconclusive])
    #expect(trial.rounds.map(\.count) == [12, 30])
    #expect(trial.looks > 1)
    #expect(abs(trial.spent - 0.05) < 1e-12, "the last look takes the rest")
  }

  /// One cell beyond the margin in 11 of 12 pairs: enough alone, not beside eleven others, unless these
  /// have been found different.
  @Test func holmSharesTheErrorAmongThoseThatAreLeft() {
    func verdicts(_ others: [Double]) -> GateVerdict {
      var trial = trial(cells: 1 + others.count)
      for number in 0..<12 {
        let odd = number == 3 ? 1.0 : 1.1 * jitter(number)
        trial.add(round(head: odd), to: 0)
        for (place, ratio) in others.enumerated() {
          trial.add(round(head: ratio * jitter(number)), to: place + 1)
        }
        _ = trial.closeRound(isLast: number == 11)
      }
      return trial.states[0].verdict
    }
    #expect(verdicts([]) == .slower)
    #expect(verdicts(Array(repeating: 1, count: 11)) == .inconclusive)
    #expect(verdicts(Array(repeating: 1.3, count: 11)) == .slower)
  }

  @Test func onlyPairsOfOneRegimeCount() {
    let close = LinkFingerprint(cpus: [0, 1], before: 60, after: 61)
    let far = LinkFingerprint(cpus: [0, 1], before: 240, after: 242)
    let moved = LinkFingerprint(cpus: [0, 1], before: 60, after: 240)
    var trial = trial()
    for number in 0..<30 {
      // What ran apart would be found slower by far.
      switch number % 5 {
      case 0: trial.add(round(head: 4, link: [close, far]), to: 0)
      case 1: trial.add(round(head: 4, link: [moved, moved]), to: 0)
      case 2: trial.add(round(head: jitter(number), link: [far, far]), to: 0)
      default: trial.add(round(head: jitter(number), link: [close, close]), to: 0)
      }
      _ = trial.closeRound(isLast: number == 29)
    }
    #expect(trial.states[0].verdict == .same)
    #expect(trial.states[0].head.pairs < trial.rounds[0].count)
  }

  @Test func tooFewPairsDecideNothing() {
    let close = LinkFingerprint(cpus: [0, 1], before: 60, after: 61)
    let far = LinkFingerprint(cpus: [0, 1], before: 240, after: 242)
    var trial = trial()
    for number in 0..<20 {
      trial.add(round(head: 2, link: number < 5 ? [close, close] : [close, far]), to: 0)
      _ = trial.closeRound(isLast: number == 19)
    }
    #expect(trial.states[0].verdict == .inconclusive)
    #expect(trial.states[0].head.pairs == 5 && trial.states[0].head.low == nil)
  }

  @Test func aControlThatIsOffByMoreThanHalfTheMarginEndsTheGate() {
    func differs(_ control: Double) -> (Bool, Int) {
      var trial = trial(cells: 2)
      var rounds = 0
      for number in 0..<40 {
        rounds += 1
        trial.add(round(head: 1.05 * jitter(number), control: control * jitter(number)), to: 0)
        if trial.undecided.contains(1) { trial.add(round(head: 1, control: 1), to: 1) }
        if !trial.closeRound(isLast: number == 39) { break }
      }
      return (trial.controlDiffers, rounds)
    }
    #expect(differs(1.04) == (true, 12), "no further round can help")
    #expect(differs(0.96) == (true, 12))
    #expect(differs(1.01) == (false, 40))
  }

  @Test func withinTheClocksStepNothingIsADifference() {
    for (quantum, verdict) in [(0.0, GateVerdict.slower), (5, .same)] {
      var trial = trial(quantum: quantum, delta: 0.01)
      for number in 0..<12 {
        trial.add(round(head: 90.0 / 85, base: 85), to: 0)
        _ = trial.closeRound(isLast: number == 11)
      }
      #expect(trial.states[0].verdict == verdict)
    }
  }
}
