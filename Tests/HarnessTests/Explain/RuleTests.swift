// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing
import Topology

@testable import Harness

/// A rule, a run in which it must speak, and the nearest one in which it must not.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let cause: Explanation.Cause
  let name: String
  let speaks: @Sendable () -> StagedRun
  let silent: @Sendable () -> StagedRun
  /// What the sentence has to name.
  let says: String

  var testDescription: String { name }

  init(
    _ cause: Explanation.Cause, _ name: String, says: String,
    speaks: @escaping @Sendable () -> StagedRun, silent: @escaping @Sendable () -> StagedRun
  ) {
    (self.cause, self.name, self.says) = (cause, name, says)
    (self.speaks, self.silent) = (speaks, silent)
  }

  static func noise(_ change: @escaping (inout Noise) -> Void) -> StagedRun {
    StagedRun(StagedCell().with { $0.change = { change(&$0.noise) } })
  }

  /// A cell of 1 MiB at a rate beside a memcpy of 40 GB/s.
  static func copying(_ gigabytes: Double) -> StagedRun {
    var run = StagedRun(
      StagedCell(size: 1 << 20).with {
        $0.roof = Roof(.memcpy)
        $0.rate = gigabytes * 1e9 / Double(1 << 20)
      })
    run.memcpy = [1 << 20: 40e9]
    return run
  }

  static func ringing(_ share: Double) -> StagedRun {
    var run = StagedRun(
      StagedCell().with {
        $0.roof = Roof(.stream)
        $0.rate = share * 1e8
      })
    run.ring = [64: 1e8]
    return run
  }

  static func exchanging(_ nanoseconds: UInt64) -> StagedRun {
    var run = StagedRun(
      StagedCell("pingpong", wait: "spin").with {
        $0.roof = Roof(.cachelinePingPong)
        $0.nanoseconds = nanoseconds
      })
    run.exchangeNanoseconds = 65
    return run
  }

  static func busy(
    producer: Double?, customer: Double?, wait: String = "park"
  ) -> StagedRun {
    StagedRun(
      StagedCell(wait: wait).with {
        $0.change = { record in
          record.producerBusyCores = producer
          record.customerBusyCores = customer
          record.busyCores = producer.flatMap { one in customer.map { one + $0 } } ?? 1.98
        }
      })
  }
}

@Suite struct RuleTests {
  static let limits: [RuleCase] = [
    RuleCase(
      .copy, "copy bound", says: "copy bound: at 89.9 % of memcpy 1MiB",
      speaks: { RuleCase.copying(36) },
      silent: { RuleCase.copying(10) }),
    RuleCase(
      .copy, "much copying", says: "2.00 copies", speaks: { RuleCase.copying(20) },
      silent: { RuleCase.copying(15) }),
    RuleCase(
      .handOver, "hand-over", says: "C ring 64B", speaks: { RuleCase.ringing(0.9) },
      silent: { RuleCase.ringing(0.7) }),
    RuleCase(
      .exchange, "exchange", says: "cache-line ping-pong", speaks: { RuleCase.exchanging(70) },
      silent: { RuleCase.exchanging(100) }),
    RuleCase(
      .wakeUps, "wake-ups of a ping-pong", says: "1.0 sleeps",
      speaks: {
        StagedRun(
          StagedCell("pingpong").with {
            $0.nanoseconds = 28_000
            $0.change = { $0.noise.voluntarySwitches = $0.integrity.received }
          })
      },
      silent: {
        StagedRun(
          StagedCell("pingpong").with {
            $0.nanoseconds = 28_000
            $0.change = { $0.noise.voluntarySwitches = $0.integrity.received / 5 }
          })
      }),
    RuleCase(
      .wakeUps, "rare wake-ups of a fast stream", says: "0.020 sleeps",
      speaks: { RuleCase.noise { $0.voluntarySwitches = 2400 } },
      silent: { RuleCase.noise { $0.voluntarySwitches = 1000 } }),
    RuleCase(
      .producerCPU, "producer CPU", says: "a producer's CPU is 99.0 %",
      speaks: { RuleCase.busy(producer: 0.99, customer: 0.5) },
      silent: { RuleCase.busy(producer: 0.99, customer: 0.97) }),
    RuleCase(
      .customerCPU, "customer CPU", says: "a customer's 99.0 %",
      speaks: { RuleCase.busy(producer: 0.4, customer: 0.99) },
      silent: { RuleCase.busy(producer: nil, customer: nil) }),
    RuleCase(
      .processor, "work", says: "1.98 of 2 CPUs",
      speaks: { RuleCase.busy(producer: nil, customer: nil, wait: "spin") },
      silent: { StagedRun(StagedCell()) }),
    RuleCase(
      .serializer, "encoding", says: "`medium`",
      speaks: {
        StagedRun(
          StagedCell(serializer: "small"), StagedCell(serializer: "medium").with { $0.rate = 3e6 })
      },
      silent: {
        StagedRun(
          StagedCell(serializer: "small"), StagedCell(serializer: "medium").with { $0.rate = 1.3e6 }
        )
      }),
    RuleCase(
      .faults, "fresh memory", says: "2.00 a message of 2.00 page(s)",
      speaks: {
        StagedRun(
          StagedCell(size: 8192).with {
            $0.change = { $0.noise.minorFaults = 2 * $0.integrity.received }
          })
      },
      silent: {
        StagedRun(
          StagedCell(size: 8192).with {
            $0.change = { $0.noise.minorFaults = $0.integrity.received / 2 }
          })
      }),
    RuleCase(
      .faults, "pages from a disk", says: "from a disk",
      speaks: { RuleCase.noise { $0.majorFaults = 1 } }, silent: { RuleCase.noise { _ in } }),
    RuleCase(
      .backpressure, "drops", says: "were dropped",
      speaks: { dropping(share: 20) }, silent: { dropping(share: 1000) }),
    RuleCase(
      .backpressure, "skips", says: "passed over", speaks: { skipping(share: 20) },
      silent: { skipping(share: 1000) }),
    RuleCase(
      .generator, "late starts", says: "late", speaks: { late(nanoseconds: 80_000) },
      silent: { late(nanoseconds: 20_000) }),
  ]

  @Sendable private static func dropping(share: Int) -> StagedRun {
    StagedRun(
      StagedCell(backpressure: .dropNewest).with {
        $0.change = { record in
          record.integrity.dropped = record.integrity.sent / share
          record.integrity.received = record.integrity.sent - record.integrity.dropped
        }
      })
  }

  @Sendable private static func skipping(share: Int) -> StagedRun {
    StagedRun(
      StagedCell().with {
        $0.change = { record in
          record.integrity.skipped = record.integrity.sent / share
          record.integrity.received = record.integrity.sent - record.integrity.skipped
        }
      })
  }

  /// Ten thousand messages a second: one every 100 µs.
  @Sendable private static func late(nanoseconds: UInt64) -> StagedRun {
    StagedRun(
      StagedCell().with {
        $0.load = .open(Rate(perSecond: 10_000))
        $0.rate = 1e4
        $0.nanoseconds = 5000
        $0.change = { $0.lag = [.init(nanoseconds: nanoseconds, count: 1000)] }
      })
  }

  static let doubts: [RuleCase] = [
    RuleCase(
      .aboveRoof, "above its roof", says: "125 % of memcpy", speaks: { RuleCase.copying(50) },
      silent: { RuleCase.copying(42) }),
    RuleCase(
      .hostRegime, "the host moved the CPUs", says: "3 of 9 launches (3 far)",
      speaks: { moved(3) }, silent: { moved(2) }),
    RuleCase(
      .steal, "steal", says: "4.17 %", speaks: { RuleCase.noise { $0.steal = 10_000_000 } },
      silent: { RuleCase.noise { $0.steal = 1_000_000 } }),
    RuleCase(
      .runDelay, "run delay", says: "8.33 % of the time, with 18 involuntary",
      speaks: {
        RuleCase.noise {
          $0.runDelay = 20_000_000
          $0.involuntarySwitches = 3
        }
      }, silent: { RuleCase.noise { $0.runDelay = 5_000_000 } }),
    RuleCase(
      .quarantine, "quarantined slices", says: "6 of 30 slices",
      speaks: {
        StagedRun(StagedCell().with { $0.change = { $0.slices[1].quarantine = "run delay 31 ms" } })
      }, silent: { StagedRun(StagedCell()) }),
    RuleCase(
      .precision, "a wide interval", says: "41.7 % of the value",
      speaks: { StagedRun(StagedCell().with { $0.spread = 0.4 }) },
      silent: { StagedRun(StagedCell().with { $0.spread = 0.1 }) }),
    RuleCase(
      .precision, "no interval", says: "5 launch(es)",
      speaks: { StagedRun(StagedCell().with { $0.launches = 5 }) },
      silent: { StagedRun(StagedCell()) }),
    RuleCase(
      .drift, "drift", says: "lag-1", speaks: { drifting([1, 1.1, 1.2, 1.3, 1.4]) },
      silent: { drifting([1.4, 1, 1.3, 1.1, 1.2]) }),
    RuleCase(
      .launches, "launches at levels of their own", says: "settle",
      speaks: { StagedRun(StagedCell().with { $0.spread = 0.6 }) },
      silent: { drifting([1.4, 0.6, 1.4, 0.6, 1]) }),
  ]

  @Sendable private static func moved(_ count: Int) -> StagedRun {
    StagedRun(
      StagedCell().with {
        $0.launches = 9
        $0.change = { record in
          guard record.launch < count else { return }
          record.link = LinkFingerprint(cpus: [0, 1], before: 240, after: 240)
        }
      })
  }

  @Sendable private static func drifting(_ factors: [Double]) -> StagedRun {
    StagedRun(
      StagedCell().with {
        $0.change = { record in
          for (index, factor) in factors.enumerated() {
            record.slices[index].messages = Int(Double(record.slices[index].messages) * factor)
          }
        }
      })
  }

  @Test(arguments: limits) func aLimitIsNamedWhereItIsOne(_ rule: RuleCase) throws {
    let found = try rule.speaks().explanation().limits.first { $0.cause == rule.cause }
    #expect(try #require(found).text.contains(rule.says), "\(found?.text ?? "")")
    let silent = try rule.silent().explanation().limits.filter { $0.cause == rule.cause }
    #expect(silent.isEmpty, "\(silent)")
  }

  @Test(arguments: doubts) func aDoubtIsNamedWhereThereIsOne(_ rule: RuleCase) throws {
    let found = try rule.speaks().explanation().doubts.first { $0.cause == rule.cause }
    #expect(try #require(found).text.contains(rule.says), "\(found?.text ?? "")")
    let silent = try rule.silent().explanation().doubts.filter { $0.cause == rule.cause }
    #expect(silent.isEmpty, "\(silent)")
  }

  /// A rule without evidence says so instead of guessing.
  @Test func whatWasNotRecordedIsUnavailable() throws {
    var run = RuleCase.noise { $0 = Noise() }
    run.cells[0].change = { record in
      record.noise = Noise()
      record.busyCores = nil
      record.link = nil
    }
    let blind = try run.explanation()
    #expect(blind.limits.isEmpty)
    for word in ["wake-ups", "CPU time", "page faults", "steal", "run delay", "moved the CPUs"] {
      #expect(blind.unavailable.contains { $0.contains(word) }, "\(word)")
    }
    run = RuleCase.noise { $0.voluntarySwitches = 10_000 }
    run.futexNanoseconds = nil
    let costless = try run.explanation()
    #expect(!costless.limits.contains { $0.cause == .wakeUps })
    #expect(costless.unavailable.contains { $0.contains("no futex ping-pong") })
  }

  /// Polling ends are busy either way: which one is the slower must stay open.
  @Test func pollingEndsAreNotToldApart() throws {
    let polling = try RuleCase.busy(producer: 0.99, customer: 0.99, wait: "spin").explanation()
    #expect(!polling.limits.contains { [.producerCPU, .customerCPU].contains($0.cause) })
    #expect(polling.unavailable.contains { $0.contains("which end is the slower") })
    let together = try StagedRun(StagedCell()).explanation()
    #expect(together.unavailable.contains { $0.contains("which end waits") })
  }

  @Test func whatHasNoNumbersHasOnlyItsReason() throws {
    let skipped = try StagedRun(StagedCell().with { $0.skip = "no such machine" }).explanation()
    #expect(skipped.limits.map(\.cause) == [.status] && skipped.doubts.isEmpty)
    #expect(skipped.limits[0].text == "skipped: no such machine")
    let lossy = try StagedRun(
      StagedCell().with { $0.change = { $0.integrity.received -= 1 } }
    ).explanation()
    #expect(lossy.remedies == ["prove the store with `weir check` before any number of it is used"])
    let late = try StagedRun(
      StagedCell().with {
        $0.load = .open(Rate(perSecond: 20_000))
        $0.rate = 1e4
      }
    ).explanation()
    #expect(late.limits[0].text.contains("rate not sustained"))
    #expect(late.remedies[0].hasPrefix("offer less"))
  }
}
