// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct ArrivalScheduleTests {
  private func schedule(_ arrivals: Load.Arrivals, rate: Int = 10_000, seed: Int = 1)
    -> ArrivalSchedule
  {
    ArrivalSchedule(
      rate: Rate(perSecond: rate), arrivals: arrivals, seed: seed, nanosecondsPerTick: 0.5)
  }

  @Test func fixedStartsAreEvenAndDoNotDrift() {
    var fixed = schedule(.fixed, rate: 3_000_000)
    let first = fixed.next()
    #expect(first == 4_000_000)  // 2 ms of lead in ticks of half a nanosecond
    var last = first
    for _ in 1...3_000_000 { last = fixed.next() }
    #expect(abs(Double(last - first) - 2e9) < 4, "three million messages in one second")
  }

  @Test func poissonStartsHaveTheRateAndTheSpreadOfChance() {
    var poisson = schedule(.poisson)
    var gaps: [Double] = []
    var last = poisson.next()
    for _ in 0..<100_000 {
      let next = poisson.next()
      gaps.append(Double(next - last))
      last = next
    }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    // 100 us in ticks; mean and deviation of an exponential distribution are the same.
    #expect(abs(mean / 200_000 - 1) < 0.02)
    #expect(abs(variance.squareRoot() / mean - 1) < 0.03)
    #expect(gaps.count { $0 < mean * 0.1 } > 9000, "many come close together")
  }

  @Test(arguments: Load.Arrivals.allCases)
  func bothEndsHaveTheSameSchedule(arrivals: Load.Arrivals) {
    var (sender, receiver) = (schedule(arrivals, seed: 7), schedule(arrivals, seed: 7))
    let starts = (0..<100).map { _ in sender.next() }
    // Messages 3 to 9 were dropped.
    for number in [0, 1, 2, 10, 11, 99] {
      #expect(receiver.start(of: UInt64(number)) == starts[number])
    }
    #expect(receiver.start(of: 50) == nil, "it came after one that was sent later")
    #expect(receiver.start(of: .max) == nil, "a damaged number must not be searched for")
    var other = schedule(.poisson, seed: 8)
    _ = (other.next(), receiver.next())
    #expect(arrivals == .fixed || other.next() != starts[1])
  }

  @Test(
    arguments: [
      ("closed", .closed), ("open:50k/s", .open(Rate(perSecond: 50_000))),
      ("poisson:1k/s", .open(Rate(perSecond: 1000), .poisson)),
    ] as [(String, Load)])
  func loadsAreReadAndWritten(text: String, load: Load) throws {
    #expect(try Load(parsing: text) == load)
    #expect(load.description == text)
    #expect(try JSONDecoder().decode(Load.self, from: JSONEncoder().encode(load)) == load)
  }

  @Test(arguments: ["open", "open:", "poisson", "poisson:fast", "closed:1k/s", "burst:1k/s"])
  func otherLoadsAreRefused(text: String) {
    #expect(throws: HarnessError.self) { try Load(parsing: text) }
  }
}
