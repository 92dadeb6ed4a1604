// SPDX-License-Identifier: Apache-2.0
//
// Whole gates on made-up launches: each with an effect of its own, as fresh processes have, on top of a
// machine that drifts, and with a noisy neighbour that comes and goes.
import Foundation
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(2))) struct GateSimulationTests {
  /// The machine's part in a launch, as a logarithm: AR(1), and a hog that toggles.
  private struct World {
    var random: Xoshiro256
    var drift = 0.0
    var step = 0
    let driftDeviation: Double
    let hog: Double

    mutating func gauss() -> Double {
      // Box and Muller, Ann. Math. Statist. 29(2), 1958.
      let u = (Double(random.next() >> 11) + 1) / 9_007_199_254_740_992
      let v = Double(random.next() >> 11) / 9_007_199_254_740_992
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }

    mutating func launch(_ effect: Double, layout: Double) -> GateLaunch {
      let kept = 0.97
      drift = kept * drift + driftDeviation * (1 - kept * kept).squareRoot() * gauss()
      step += 1
      let isDisturbed = step / 5 % 2 == 1 && random.below(2) == 0
      let noise = layout * gauss() + drift + (isDisturbed ? hog * abs(gauss()) : 0)
      return GateLaunch(cost: 1000 * exp(effect + noise))
    }
  }

  private struct Tally {
    var slower = 0
    var faster = 0
    var invalid = 0
  }

  /// - Returns: gates with any such verdict.
  private func gates(
    _ count: Int, cells: Int, effect: Double, delta: Double, rounds: Int = 40,
    layout: Double = 0.02, drift: Double = 0.05, hog: Double = 0
  ) -> Tally {
    var tally = Tally()
    for gate in 0..<count {
      var world = World(
        random: Xoshiro256(seed: SplitMix64.mixed(99, UInt64(gate))), driftDeviation: drift,
        hog: hog)
      var trial = GateTrial(
        rules: GateRules(margin: GateMargin(relative: delta), alpha: 0.05), launches: 12,
        quanta: Array(repeating: 0, count: cells))
      var orders = (0..<cells).map { GateOrder(seed: gate, cell: "\($0)") }
      var number = 0
      repeat {
        for cell in trial.undecided {
          let order = orders[cell].next()
          var launches: [GateSide: GateLaunch] = [:]
          for side in order {
            launches[side] = world.launch(side == .head ? log1p(effect) : 0, layout: layout)
          }
          trial.add(
            GateRound(
              order: order, base: launches[.base]!, head: launches[.head]!,
              control: launches[.control]!), to: cell)
        }
        number += 1
      } while trial.closeRound(isLast: number == rounds)
      tally.slower += trial.states.contains { $0.verdict == .slower } ? 1 : 0
      tally.faster += trial.states.contains { $0.verdict == .faster } ? 1 : 0
      tally.invalid += trial.controlDiffers ? 1 : 0
    }
    return tally
  }

  /// The bar of the project: one gate of equal builds in a hundred.
  @Test(arguments: [0.0, 0.15]) func equalBuildsRaiseNoAlarm(hog: Double) {
    let tally = gates(200, cells: 4, effect: 0, delta: 0.05, hog: hog)
    #expect(tally.slower <= 2 && tally.faster <= 2 && tally.invalid <= 2)
  }

  /// Without a margin to hide behind, alpha is the whole of the error, whatever the number of looks.
  @Test func alphaHoldsOverCellsAndLooks() {
    let count = 400
    let tally = gates(count, cells: 3, effect: 0, delta: 0)
    // Four standard deviations above 5 %; five looks at 5 % each would err in more than 12 %.
    let most = Int(Double(count) * 0.05 + 4 * (Double(count) * 0.05 * 0.95).squareRoot())
    #expect(tally.slower + tally.faster <= most)
    #expect(tally.invalid <= most)
    #expect(tally.slower + tally.faster > 0, "the test has power to find anything")
  }

  @Test(arguments: [(0.0, 95), (0.15, 80)]) func tenPerCentAreFound(hog: Double, least: Int) {
    let tally = gates(100, cells: 1, effect: 0.10, delta: 0.05, hog: hog)
    #expect(tally.slower >= least)
    #expect(tally.faster == 0, "the sign is never wrong")
  }

  @Test func threePerCentAreFoundWithASmallerMargin() {
    let tally = gates(100, cells: 1, effect: 0.03, delta: 0.01, layout: 0.01, drift: 0.02)
    #expect(tally.slower >= 80 && tally.faster == 0)
  }

  @Test func whatBecameFasterIsNotCalledSlower() {
    let tally = gates(100, cells: 1, effect: -0.10, delta: 0.05, hog: 0.15)
    #expect(tally.faster >= 60 && tally.slower == 0)
  }
}
