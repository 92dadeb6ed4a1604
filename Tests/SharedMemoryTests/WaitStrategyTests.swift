// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@Suite struct WaitStrategyTests {
  @Test(arguments: [("spin", WaitStrategy.spin), ("spin-park", .standard), ("park", .park)])
  func namesRoundTrip(name: String, strategy: WaitStrategy) throws {
    #expect(WaitStrategy(named: name) == strategy)
    #expect(strategy.description == name)
    #expect(
      try JSONDecoder().decode(WaitStrategy.self, from: JSONEncoder().encode(strategy)) == strategy)
  }

  /// What a poll and a wake-up cost is the machine's; what follows from it is not.
  @Test func aBudgetBalancesPollsAndASleep() throws {
    #expect(WaitCosts(pollNanoseconds: 20, wakeNanoseconds: 30_000).balancedSpins == 1500)
    #expect(WaitCosts(pollNanoseconds: 50, wakeNanoseconds: 1000).balancedSpins == 512)
    #expect(WaitCosts(pollNanoseconds: 1, wakeNanoseconds: 1e9).balancedSpins == 65_536)
    #expect(WaitCosts(pollNanoseconds: 0, wakeNanoseconds: 1).balancedSpins == 512)
    guard let costs = WaitCosts.measured else {
      #expect(WaitStrategy.standard == .spinThenPark(spins: 0))
      return
    }
    #expect(costs.pollNanoseconds > 0 && costs.pollNanoseconds < costs.wakeNanoseconds)
    #expect(WaitStrategy.standard == .spinThenPark(spins: costs.balancedSpins))
  }

  @Test func onlySpinningNeverSleeps() {
    #expect(WaitStrategy(named: "busy") == nil)
    #expect(!WaitStrategy.spin.mayPark)
    #expect(WaitStrategy.park.mayPark && WaitStrategy.spinThenPark(spins: .max).mayPark)
  }

  @Test(
    arguments: [
      (.zero, .now), (.seconds(-1), .now), (.nanoseconds(1), .after(nanoseconds: 1)),
      (.milliseconds(1500), .after(nanoseconds: 1_500_000_000)),
      (.seconds(1_000_000_000_000), .never), (.seconds(-1_000_000_000_000), .now),
      (.milliseconds(9_223_372_036_900), .never), (.milliseconds(-9_223_372_036_900), .now),
    ] as [(Duration, Timeout)])
  func durationsBecomeTimeouts(duration: Duration, timeout: Timeout) {
    #expect(Timeout.after(duration) == timeout)
  }

  @Test func deadlinesNeverOverflow() {
    #expect(Timeout.now.deadlineNanoseconds == .min)
    #expect(Timeout.never.deadlineNanoseconds == .max)
    #expect(Timeout.after(nanoseconds: .max).deadlineNanoseconds == .max)
    #expect(Timeout.after(nanoseconds: .min).deadlineNanoseconds < MonotonicTime.nanoseconds())
    let before = MonotonicTime.nanoseconds()
    let deadline = Timeout.after(nanoseconds: 1_000_000_000_000).deadlineNanoseconds
    #expect(deadline >= before + 1_000_000_000_000)
    #expect(Timeout.until(deadlineNanoseconds: .max) == .never)
    #expect(Timeout.until(deadlineNanoseconds: .min) == .now)
    #expect(Timeout.until(deadlineNanoseconds: .min + 1) == .now)
    guard case .after(let left) = Timeout.until(deadlineNanoseconds: deadline) else {
      Issue.record("a deadline in the future is not over")
      return
    }
    #expect(left > 0 && left <= 1_000_000_000_000)
  }
}
