// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing
import Topology

@testable import Scenarios

/// The short self-test, as CI runs it, and what it says when the harness is wrong. Three attempts at
/// everything on a busy machine take their time.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SelfTestCommandTests {
  @Test func theShortFormHolds() throws {
    let weir = try WeirProcess(["selftest", "--short", "--json"])
    let json = try weir.json
    // A machine that others load may keep it from judging, never make it complain.
    #expect([0, 7].contains(weir.status), "\(weir.errors)")
    #expect(json["schema"] as? String == "weir-selftest/1")
    #expect(json["missed"] as? Int == 0, "\(weir.errors)")
    let checks = try #require(json["checks"] as? [[String: Any]])
    let kinds = Set(checks.compactMap { $0["check"] as? String })
    #expect(
      kinds == [
        "service times", "open load", "integrity", "placement", "null store", "intervals",
      ])
    let held = checks.count { $0["verdict"] as? String == "held" }
    // Where there are two CPUs: 28 of service times, 10 of the open load, 7 of faults, 3 of placement.
    if RunTests.hasTwoCores, weir.status == 0 { #expect(held >= 45, "\(weir.output)") }
  }

  @Test func wrongSeedsAreRefused() throws {
    let weir = try WeirProcess(["selftest", "--seed", "-1"])
    #expect(weir.status == 64)
  }

  @Test func itsStoresCannotBeMeasuredByAJob() throws {
    let scratch = try Scratch()
    try scratch.write(RunJob.small, to: "job.yaml")
    let weir = try WeirProcess(["list", "cells", "job.yaml", "--store", "honest"], in: scratch)
    #expect(weir.status == 64 && weir.refusedInOneLine)
    #expect(try !WeirProcess(["list", "stores"]).output.contains("honest"))
  }

  /// The chain is the real one; what it found is then changed to what a wrong harness would say.
  @Test func everyCheckCanFail() throws {
    let machine = try Machine.current()
    try #require(RunTests.hasTwoCores, "half of the stores need two")
    let test = SelfTest(
      .short, seed: 3, machine: machine, build: .current(version: "test"),
      executable: try WeirProcess.path(), showsProgress: false)
    let plan = try test.plan().selecting(
      ["constant", "faulty", "honest", "straying", "staying"].map { "*/\($0)/*" })
    let cases = try test.measure(plan)
    #expect(cases.count == 5)
    func missing(_ cases: [SelfTestCase]) -> Set<String> {
      Set(test.judge(cases).filter { $0.settled.verdict == .missed }.map(\.subject))
    }
    // One attempt: what the host did to a percentile of it may stand.
    let before = missing(cases)
    #expect(before.allSatisfy { $0.hasPrefix("constant p") }, "\(test.judge(cases))")

    func missed(_ store: String, _ change: (inout LaunchRecord) -> Void) -> Set<String> {
      let changed = cases.map { old in
        guard old.cell.cell.store == store else { return old }
        var new = old
        let samples = old.cell.samples.map { sample in
          var sample = sample
          change(&sample)
          return sample
        }
        new.cell = RunCell(
          old.cell.cell, samples: samples, roofline: Roofline(), regimes: Regimes(links: []))
        return new
      }
      return missing(changed).subtracting(before)
    }
    let slow = missed("constant") { sample in
      sample.latency = sample.latency.map {
        .init(nanoseconds: $0.nanoseconds * 2, count: $0.count)
      }
    }
    #expect(slow.union(before).isSuperset(of: ["constant p50", "constant p99"]))
    #expect(missed("faulty") { $0.integrity.torn += 1 } == ["faulty"])
    #expect(missed("faulty") { $0.integrity.lost -= 1 } == ["faulty"])
    #expect(missed("honest") { $0.integrity.duplicated += 1 } == ["honest"])
    #expect(missed("straying") { $0.placement?.verified = true } == ["straying"])
    #expect(missed("staying") { $0.placement?.verified = false } == ["staying"])
  }
}
