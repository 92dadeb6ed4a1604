// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct RateSearchTests {
  private let bound = ResponseBound(.p99, below: Nanoseconds(50_000))

  /// Searches a transport that holds every rate up to a limit, but is too slow up to another.
  private func search(
    limit: Int, slow: Int = 0, lowest: Int = 2000, tolerance: Double = 0.05
  ) -> (RateSearch, Int) {
    var search = RateSearch(lowest: Rate(perSecond: lowest), tolerance: tolerance)
    var probes = 0
    while let rate = search.next, probes < 1000 {
      search.note(
        rate, rate.perSecond > limit ? .beyond : rate.perSecond > slow ? .held : .slow)
      probes += 1
    }
    return (search, probes)
  }

  @Test(arguments: [2000, 2001, 2500, 7999, 8000, 12_345, 100_001, 1_234_567, 33_000_000])
  func theLimitLiesInANarrowInterval(limit: Int) throws {
    let (search, probes) = search(limit: limit)
    let (held, missed) = (try #require(search.held), try #require(search.missed))
    #expect(held.perSecond <= limit && limit < missed.perSecond)
    #expect(search.isNarrow && missed.perSecond <= Int(Double(held.perSecond) * 1.05))
    #expect(probes <= 16, "\(probes) probes")
  }

  @Test func itEndsWhereThereIsNothingToFind() {
    let (none, one) = search(limit: 1999)
    #expect(none.held == nil && none.missed?.perSecond == 2000 && one == 1)
    let (all, _) = search(limit: .max)
    #expect(all.missed == nil && all.held == RateSearch.highest)
    // Rates are of three digits: neighbours cannot be told apart further.
    let (fine, probes) = search(limit: 12_345, tolerance: 0.0001)
    #expect(fine.held?.perSecond == 12_300 && fine.missed?.perSecond == 12_400 && probes < 30)
  }

  /// Ends that sleep between messages: slow up to some rate, then good up to another.
  @Test(arguments: [(3000, 50_000), (9_000, 36_000), (100_000, 5_000_000), (20_000, 30_000)])
  func slowRatesArePassedBy(slow: Int, limit: Int) throws {
    let (search, _) = search(limit: limit, slow: slow)
    let (held, missed) = (try #require(search.held), try #require(search.missed))
    #expect(held.perSecond <= limit && limit < missed.perSecond && search.isNarrow)
    #expect(try #require(search.sparse).perSecond <= slow)
  }

  @Test func whereAllAreSlowNoneHolds() {
    let (search, probes) = search(limit: 1_000_000, slow: .max)
    #expect(search.held == nil && search.missed != nil && probes < 12)
    let (slowest, _) = self.search(limit: .max, slow: .max)
    #expect(slowest.sparse == RateSearch.highest && slowest.missed == nil)
  }

  @Test func theLowestRateIsOneALaunchSaysSomethingAbout() {
    let rate = bound.lowestRate(measuring: .milliseconds(500))
    let messages = Double(rate.perSecond) * 0.5
    #expect(PercentileSupport(quantile: 0.99, count: Int(messages)) != .unsupported)
    #expect(messages < 1200)
    let median = ResponseBound(.p50, below: .milliseconds(1))
    #expect(median.lowestRate(measuring: .seconds(1)).perSecond < 50)
  }

  // MARK: Verdicts

  private struct Launch {
    var response: UInt64 = 20_000
    var lag: UInt64 = 100
    var ownLag: UInt64 = 100
    var cost = 50.0
    var achieved = 10_000
  }

  private func probe(_ launch: Launch, rate perSecond: Int = 10_000) -> RateProbe {
    let rate = Rate(perSecond: perSecond)
    var launch = launch
    launch.achieved = min(launch.achieved, perSecond)
    let cell = Cell(
      parameters: CellParameters(
        workload: "stream", store: "shm", serializer: "raw", size: ByteCount(64), wait: "spin"),
      load: .open(rate), placement: .preset("same-l3"), warmup: .milliseconds(10),
      measure: .seconds(1), slice: .milliseconds(100), launches: 3, latency: .oneWay,
      roof: .unavailable("open"))
    let records = (0..<3).map { index in
      func pairs(_ value: UInt64) -> [LatencyHistogram.Pair] {
        [.init(nanoseconds: value, count: UInt64(launch.achieved))]
      }
      var record = LaunchRecord(
        cellID: cell.id, launch: index,
        slices: [
          .init(duration: .seconds(1), messages: launch.achieved, bytes: launch.achieved * 64)
        ],
        response: pairs(launch.response), lag: pairs(launch.lag),
        integrity: Integrity(sent: launch.achieved, received: launch.achieved))
      record.ownLag = pairs(launch.ownLag)
      record.generator = GeneratorRecord(
        costNanoseconds: launch.cost, behind: Nanoseconds(0))
      return record
    }
    let summary = CellSummary(cell, records: records, roofline: Roofline(), regimes: .unknown)
    return RateProbe(cell, rate, summary, bound: bound)
  }

  @Test func whatKeepsARateIsToldApart() {
    #expect(probe(Launch()).verdict == .held)
    #expect(probe(Launch(response: 50_000)).verdict == .held)
    #expect(probe(Launch(response: 60_000)).verdict == .slow)
    #expect(probe(Launch(achieved: 9000)).verdict == .notSustained)
    // Late by itself: the transport is not to blame.
    #expect(probe(Launch(response: 60_000, lag: 55_000, ownLag: 55_000)).verdict == .generator)
    #expect(probe(Launch(response: 60_000, lag: 55_000, ownLag: 200)).verdict == .slow)
    #expect(probe(Launch(lag: 900_000, ownLag: 500, achieved: 9000)).verdict == .notSustained)
    #expect(probe(Launch(lag: 900_000, ownLag: 800_000, achieved: 9000)).verdict == .generator)
    // Too slow for 100 us between messages.
    #expect(probe(Launch(response: 60_000, cost: 60_000)).verdict == .generator)
    #expect(probe(Launch(cost: 60_000, achieved: 9000)).verdict == .generator)
    #expect(probe(Launch(cost: 60_000)).verdict == .held, "what holds, holds")
    #expect(probe(Launch(), rate: 10).verdict == .tooFew, "30 messages have no p99")
  }

  @Test func aSearchSaysHowItEnded() {
    func finding(_ rates: [(Int, Launch)]) -> SloResult.Finding {
      var search = RateSearch(lowest: Rate(perSecond: 10_000), tolerance: 0.05)
      let probes = rates.map { perSecond, launch in
        let probe = probe(launch)
        search.note(Rate(perSecond: perSecond), probe.outcome)
        return RateProbe(at: Rate(perSecond: perSecond), like: probe)
      }
      return SloConductor.finding(search, probes)
    }
    let slow = Launch(response: 60_000)
    #expect(finding([(10_000, Launch()), (10_400, slow)]) == .found)
    #expect(finding([(10_000, Launch()), (40_000, slow)]) == .unfinished)
    #expect(finding([(10_000, slow)]) == .unfinished)
    let beyond = Launch(achieved: 9000)
    #expect(finding([(10_000, slow), (14_000, beyond)]) == .none)
    #expect(finding([(10_000, beyond)]) == .none)
    #expect(finding([(10_000, slow), (40_000, Launch()), (41_000, slow)]) == .found)
    #expect(finding([(10_000, Launch(cost: 1e6, achieved: 1))]) == .generator)
    #expect(finding([(10_000, Launch()), (10_400, Launch(cost: 1e6, achieved: 1))]) == .atLeast)
    #expect(finding([(RateSearch.highest.perSecond, Launch())]) == .atLeast)
  }
}
