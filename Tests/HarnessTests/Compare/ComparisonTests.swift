// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct ComparisonTests {
  private static let yaml = """
    schema: 1
    name: pair
    defaults: { launches: 8, measure: 1s }
    axes: { workload: [stream, pingpong], store: [queue, shm], serializer: [small], size: [4KiB] }
    """

  /// A run whose costs are scaled, on a machine whose limits may be too.
  private func run(
    _ text: String = yaml, _ overrides: [String] = [], scale: Double = 1, limits: Double = 1,
    fingerprint: String = "sha256:feed", configuration: String = "release"
  ) throws -> Run {
    var run = try SampleRun.run(Self.yaml, configuration: configuration)
    let plan = try Plan(job(text, overrides), catalog: .sample)
    run.header.cellsPlanned = plan.cells.count
    run.machine.fingerprint = fingerprint
    run.roofline.memcpy = run.roofline.memcpy.compactMapValues { limit in
      Roofline.Limit(repeats: Array(repeating: limit.estimate.value / limits, count: 6))
    }
    run.replaceCells(
      with: plan.cells.map { cell in
        let samples =
          cell.skip == nil
          ? (0..<cell.launches).map { scaled(SampleRun.record(cell, launch: $0), scale) } : []
        return RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown)
      })
    return run
  }

  private func scaled(_ record: LaunchRecord, _ scale: Double) -> LaunchRecord {
    var record = record
    for index in record.slices.indices {
      record.slices[index].messages = Int(Double(record.slices[index].messages) / scale)
      record.slices[index].bytes = Int(Double(record.slices[index].bytes) / scale)
    }
    record.latency = record.latency.map {
      .init(nanoseconds: UInt64(Double($0.nanoseconds) * scale), count: $0.count)
    }
    let messages = record.slices.reduce(0) { $0 + $1.messages }
    record.integrity = Integrity(sent: messages, received: messages)
    return record
  }

  @Test func twoRunsHaveARatioWithAnInterval() throws {
    let comparison = try Comparison(
      base: ("old", run()), head: ("new", run(scale: 1.25)))
    #expect(comparison.method == .unpaired && comparison.rows.count == 4)
    for row in comparison.rows {
      #expect(abs(row.effect.ratio - 1.25) < 0.01)
      #expect(row.effect.launches == [8, 8] && row.effect.isResolved)
      #expect(try #require(row.effect.coverage) >= 0.95)
      #expect(ComparisonReport.words(row).hasPrefix("new is 1.25× ["))
      #expect(ComparisonReport.words(row).hasSuffix("slower than old"))
    }
    let back = try Comparison(base: ("new", run(scale: 1.25)), head: ("old", run()))
    #expect(back.rows.allSatisfy { ComparisonReport.words($0).contains("faster than new") })
    let text = ComparisonReport(comparison).document().markdown()
    #expect(text.contains("only `weir gate` gives a verdict".replacing("`", with: "\\`")))
  }

  @Test func whatIsNotResolvedIsNotCalledFaster() throws {
    let same = try Comparison(base: ("a", run()), head: ("b", run(scale: 1.002)))
    #expect(same.rows.allSatisfy { ComparisonReport.words($0) == "no difference resolved" })
    let few = try Comparison(
      base: ("a", run(Self.yaml, ["launches=2"])),
      head: ("b", run(Self.yaml, ["launches=2"], scale: 2)))
    #expect(few.rows.allSatisfy { ComparisonReport.words($0) == "too few launches" })
  }

  @Test(arguments: [
    ("wait=spin", "wait is park in one and spin in the other"),
    ("verify=off", "verify is full in one and off in the other"),
    ("placement.customer=core:0", "placement is"),
    ("workload.backpressure=fail", "backpressure is"),
    ("depth=16", "depth is"),
  ])
  func unlikeIsNotCompared(override: String, reason: String) throws {
    let (base, head) = (
      try run(Self.yaml, ["store=shm"]), try run(Self.yaml, ["store=shm", override])
    )
    let refusal = #expect(throws: ComparisonRefusal.self) {
      try Comparison(base: ("old", base), head: ("new", head))
    }
    #expect(refusal?.description.contains(reason) == true, "\(refusal?.description ?? "")")
  }

  @Test func anOpenLoadIsNotComparedWithAClosedOne() throws {
    let open = ["store=shm", "workload=stream", "load=open:10k/s"]
    let refusal = #expect(throws: ComparisonRefusal.self) {
      try Comparison(base: ("old", run()), head: ("new", run(Self.yaml, open)))
    }
    #expect(refusal?.description.contains("load is closed in one") == true)
  }

  @Test func buildsAndMachinesAreNotMixed() throws {
    let debug = #expect(throws: ComparisonRefusal.self) {
      try Comparison(base: ("old", run()), head: ("new", run(configuration: "debug")))
    }
    #expect(debug?.description.contains("release build") == true)
    let machine = #expect(throws: ComparisonRefusal.self) {
      try Comparison(base: ("old", run()), head: ("new", run(fingerprint: "other")))
    }
    #expect(machine?.description.contains("--force") == true)
  }

  /// Half the speed on a machine of half the speed is the same share, and never a verdict.
  @Test func forcedMachinesAreComparedByTheirLimits() throws {
    let other = try run(scale: 2, limits: 2, fingerprint: "other")
    let comparison = try Comparison(base: ("old", run()), head: ("new", other), isForced: true)
    #expect(comparison.method == .normalised)
    let streams = comparison.rows.filter { $0.metric == .throughput }
    #expect(!streams.isEmpty)
    for row in streams { #expect(abs(row.effect.ratio - 1) < 0.02) }
    let text = ComparisonReport(comparison).document().markdown()
    #expect(text.contains("no verdict") && !text.contains("slower than"))
  }

  @Test func oneRunIsComparedByStoreAndByPairs() throws {
    let run = try run()
    let comparison = try Comparison(run, by: .store, reference: "shm")
    #expect(comparison.method == .paired && comparison.rows.count == 2)
    for row in comparison.rows {
      #expect(row.subject == "queue" && row.effect.ratio > 1 && row.effect.launches == [8])
      #expect(ComparisonReport.words(row).contains("slower than shm"))
    }
    #expect(throws: ComparisonRefusal.self) {
      try Comparison(run, by: .store, reference: "abacus")
    }
    #expect(throws: ComparisonRefusal.self) {
      try Comparison(run, by: .serializer, reference: "small")
    }
  }

  @Test func onlyRoundsInOneRegimeArePaired() throws {
    var run = try run()
    run.replaceCells(
      with: run.cells.map { cell in
        let samples = cell.samples.map { sample in
          var sample = sample
          let isFar = cell.cell.store == "queue" && sample.launch == 0
          let distance = isFar ? 250.0 : 60
          sample.link = LinkFingerprint(cpus: [0, 1], before: distance, after: distance)
          return sample
        }
        return RunCell(
          cell.cell, samples: samples, roofline: run.roofline,
          regimes: Regimes(samples: samples))
      })
    let comparison = try Comparison(run, by: .store, reference: "shm")
    #expect(comparison.rows.allSatisfy { $0.effect.launches == [7] })
  }

  @Test(arguments: ["wait", "load", "verify", "placement", "size", "workload", "moon"])
  func someAxesCompareUnlikeThings(axis: String) {
    let refusal = #expect(throws: ComparisonRefusal.self) { try ComparisonAxis(parsing: axis) }
    #expect(refusal?.description.contains("compare by store, serializer, depth") == true)
  }

  @Test func runsMadeFarApartAreMarked() throws {
    var far = try run()
    far.roofline.cachelinePingPong = LatencyMetrics(
      kind: .halfRoundTrip, launches: [[.init(nanoseconds: 240, count: 1000)]])
    let comparison = try Comparison(base: ("old", run()), head: ("new", far))
    #expect(comparison.alarms.contains { $0.contains("the host had moved them") })
  }
}
