// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

/// Two cells of which the first must not be the slower one.
struct GuidelineCase: Sendable, CustomTestStringConvertible {
  let complaint: String
  let fast: @Sendable () -> StagedCell
  let slow: @Sendable () -> StagedCell

  var testDescription: String { complaint }
}

@Suite struct GuidelineTests {
  @Sendable private static func time(_ cell: StagedCell) -> StagedCell {
    cell.with { $0.nanoseconds = 1000 }
  }

  static let all: [GuidelineCase] = [
    .init(
      complaint: "a larger payload is faster", fast: { StagedCell(size: 64) },
      slow: { StagedCell(size: 4096) }),
    .init(
      complaint: "lent items are slower", fast: { StagedCell("loaned") },
      slow: { StagedCell("stream") }),
    .init(
      complaint: "batches are slower", fast: { StagedCell("batched") },
      slow: { StagedCell("stream") }),
    .init(
      complaint: "polling is slower", fast: { time(StagedCell("pingpong", wait: "spin")) },
      slow: { time(StagedCell("pingpong", wait: "park")) }),
    .init(
      complaint: "the list store", fast: { StagedCell(store: "list") },
      slow: { StagedCell(store: "queue") }),
    .init(
      complaint: "more customers are cheaper", fast: { time(StagedCell("burst")) },
      slow: { time(StagedCell("burst", customers: 4)) }),
    .init(
      complaint: "ends that are nearer",
      fast: { StagedCell().with { $0.placement = .preset("same-l3") } },
      slow: { StagedCell().with { $0.placement = .preset("cross-node") } }),
  ]

  private static func slowed(_ cell: StagedCell, by factor: Double) -> StagedCell {
    cell.with {
      $0.rate /= factor
      $0.nanoseconds = $0.nanoseconds.map { UInt64(Double($0) * factor) }
    }
  }

  @Test(arguments: all) func aViolationIsFoundFromBothSides(_ guideline: GuidelineCase) throws {
    let (fast, slow) = (Self.slowed(guideline.fast(), by: 1.5), guideline.slow())
    for run in [StagedRun(fast, slow), StagedRun(slow, fast)] {
      let found = try run.explanation()
      #expect(found.violations.count == 1 && found.kept == 0)
      #expect(try #require(found.violations.first).text.hasPrefix(guideline.complaint))
      #expect(found.violations[0].cause == .guideline)
    }
  }

  @Test(arguments: all) func theRightOrderAndTheSameAreNone(_ guideline: GuidelineCase) throws {
    for factor in [0.5, 1.0, 1.003] {
      let found = try StagedRun(Self.slowed(guideline.fast(), by: factor), guideline.slow())
        .explanation()
      #expect(found.violations.isEmpty, "\(found.violations)")
      #expect(found.kept == 1 && found.incomparable == 0)
    }
  }

  /// Two launches of each could be apart by chance.
  @Test(arguments: [(2, 4, false), (4, 4, true), (3, 5, true), (1, 6, false), (6, 6, true)])
  func fewLaunchesAreComparedOnlyWhereOrderIsNoChance(
    launches: (first: Int, second: Int, enough: Bool)
  ) throws {
    let fast = Self.slowed(StagedCell(size: 64), by: 3).with { $0.launches = launches.first }
    let slow = StagedCell(size: 4096).with { $0.launches = launches.second }
    let found = try StagedRun(fast, slow).explanation()
    #expect(found.violations.count == (launches.enough ? 1 : 0))
    #expect(found.incomparable == (launches.enough ? 0 : 1))
  }

  @Test func whatDiffersInMoreThanOneThingIsNotCompared() throws {
    let found = try StagedRun(
      Self.slowed(StagedCell(size: 64), by: 3), StagedCell(size: 4096, wait: "spin"),
      StagedCell(store: "queue", size: 4096), StagedCell(serializer: "small", size: 4096)
    ).explanation()
    #expect(found.violations.isEmpty && found.kept == 0 && found.incomparable == 0)
  }

  /// Exact: 2 of 20 orders of three and three, 2 of 70 of four and four.
  @Test func separationIsCountedExactly() {
    #expect(Pace.separationOdds(3, 3) == 0.1)
    #expect(abs(Pace.separationOdds(4, 4) - 2.0 / 70) < 1e-12)
    #expect(Pace.separationOdds(0, 4) == 1 && Pace.separationOdds(1, 1) == 1)
  }

  /// A customer's share of the rate is what is compared, or four customers would always look faster.
  @Test func streamsAreComparedByCustomer() throws {
    let one = StagedCell()
    let four = StagedCell(customers: 4).with { $0.rate = 3e6 }
    #expect(try StagedRun(one, four).explanation().violations.isEmpty)
    let quick = four.with { $0.rate = 6e6 }
    #expect(try StagedRun(one, quick).explanation().violations.count == 1)
  }
}
