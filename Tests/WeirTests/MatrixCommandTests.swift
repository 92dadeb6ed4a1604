// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing
import Topology

/// `weir matrix` on paper: no process is started.
@Suite(.timeLimit(.minutes(2))) struct MatrixCommandTests {
  private static func topology(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Topologies/\(name).xml").path
  }

  private static let huge = [
    "matrix", "--synthetic", "numa:8 core:64 pu:1", "--customers", "512", "--dry-run",
  ]

  @Test(arguments: [
    ("xeon-2-sockets", 8, 80 * 80 * 2), ("epyc-2-sockets-nps4", 20, 256 * 256 * 8),
    ("xeon-2-sockets-cxl", 16, 64 * 64 * 4),
  ])
  func aMachineThatIsNotHereIsPlannedFor(name: String, classes: Int, placements: Int) throws {
    let weir = try WeirProcess(
      ["matrix", "--topology", Self.topology(name), "--dry-run", "--estimate", "--json"])
    #expect(weir.status == 0, "\(weir.errors)")
    let json = try weir.json
    #expect(json["schema"] as? String == "weir-matrix-plan/1")
    let rows = try #require(json["classes"] as? [[String: Any]])
    #expect(rows.count == classes)
    #expect(rows.compactMap { $0["placements"] as? Int }.reduce(0, +) == placements)
    #expect(json["placements"] as? Int == placements)
    #expect(json["distances_assumed"] as? Bool == false)
    let plan = try #require(json["plan"] as? [String: Any])
    let cells = try #require(plan["cells"] as? [[String: Any]])
    #expect(cells.count { $0["skip"] is NSNull || $0["skip"] == nil } == classes * 4)
    let estimate = try #require(plan["estimate_ns"] as? Int)
    #expect(estimate <= 60_000_000_000, "the default budget")
    #expect(json["price"] is [String: Any] && json["fan_out"] is NSNull)
  }

  @Test func theTextNamesClassesModelAndPrice() throws {
    let weir = try WeirProcess(
      ["matrix", "--topology", Self.topology("xeon-2-sockets"), "--dry-run", "--estimate"])
    #expect(weir.status == 0 && weir.errors.isEmpty)
    #expect(weir.output.contains("cross-node-d21-other-package/at-customer"))
    #expect(weir.output.contains("model by NUMA distances, not measured"))
    #expect(weir.output.contains("What it costs"))
    #expect(weir.output.contains("8 classes of placements stand for 12 800"))
    let plain = try WeirProcess(
      ["matrix", "--topology", Self.topology("xeon-2-sockets"), "--dry-run"])
    #expect(!plain.output.contains("What it costs") && !plain.output.contains("model"))
  }

  /// Counted, not timed: the steps to the classes, and one priced cell for each of them.
  @Test func fiveHundredCustomersOnEightNodesArePricedByClass() throws {
    let weir = try WeirProcess(Self.huge + ["--estimate", "--json"])
    #expect(weir.status == 0, "\(weir.errors)")
    let json = try weir.json
    #expect(try #require(json["steps_to_classes"] as? Int) < 1000)
    let plan = try #require(json["plan"] as? [String: Any])
    let cells = try #require(plan["cells"] as? [[String: Any]])
    #expect(cells.count == 4)
    #expect(cells.allSatisfy { $0["skip"] is NSNull || $0["skip"] == nil })
    let price = try #require(json["price"] as? [String: Any])
    #expect(price["processes"] as? Int == 513)
    #expect(json["distances_assumed"] as? Bool == true)
    let fanOut = try #require(json["fan_out"] as? [[String: Any]])
    #expect(fanOut.count == 4, "two classes, caches shared or not")
    let text = try WeirProcess(Self.huge + ["--estimate"])
    #expect(text.output.contains("Model, not measured"))
    #expect(text.output.contains("with and without a replica per node"))
  }

  @Test func thisMachineIsPlannedForToo() throws {
    let weir = try WeirProcess(["matrix", "--dry-run"])
    #expect(weir.status == 0)
    #expect(weir.output.contains("same-pu/at-both"))
    #expect(weir.output.contains("this system"))
  }

  @Test func measuringOnADescriptionIsRefused() throws {
    let machines: [[String]] = [
      ["--synthetic", "numa:2 core:2 pu:1"], ["--topology", Self.topology("xeon-2-sockets")],
    ]
    for machine in machines {
      let weir = try WeirProcess(["matrix", "--allow-debug"] + machine)
      #expect(weir.status == 64)
      #expect(weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.contains("cannot measure on a described machine"))
      #expect(weir.errors.contains("--dry-run"))
    }
    let hidden = try WeirProcess(
      ["matrix", "--allow-debug"], environment: ["HWLOC_SYNTHETIC": "numa:2 core:1 pu:1"])
    #expect(hidden.status == 64 && hidden.refusedInOneLine, "\(hidden.errors)")
  }

  @Test(
    arguments: [
      (["--store", "shn"], "did you mean `shm`?"), (["--size", "64kB"], "write 64KiB"),
      (["--wait", "prak"], "did you mean `park`?"), (["--launches", "many"], "not a whole number"),
      (["--budget", "soon"], "is not a duration"), (["--serializer", "smal"], "`small`?"),
      (["--synthetic", "numa:8 core:64 pu:1", "--all"], "leave --all out"),
      (["--topology", "absent.xml"], "check the path"),
      (["--topology", "job.yaml"], "is no hwloc XML"),
      (["--topology", "old.xml"], "hwloc XML of version 1, and this build reads version 2"),
    ])
  func wrongValuesAreUsageErrorsWithARemedy(arguments: [String], remedy: String) throws {
    let scratch = try SampleJob.scratch()
    try scratch.write("<?xml version=\"1.0\"?>\n<topology>\n</topology>\n", to: "old.xml")
    let weir = try WeirProcess(["matrix", "--dry-run"] + arguments, in: scratch)
    #expect(weir.status == 64)
    #expect(weir.refusedInOneLine, "\(weir.errors)\(weir.output)")
    #expect(weir.errors.contains(remedy), "\(weir.errors)")
  }

  @Test(
    arguments: [
      ["--estimate"], ["--dry-run", "--svg", "m.svg"], ["--dry-run", "--memattrs", "m.xml"],
      ["--dry-run", "--out", "m.json"], ["--dry-run", "--customers", "0"],
      ["--dry-run", "--customers", "2", "--all"],
    ])
  func optionsThatContradictEachOtherExitWith64(arguments: [String]) throws {
    let weir = try WeirProcess(["matrix"] + arguments)
    #expect(weir.status == 64)
    #expect(weir.output.isEmpty && weir.errors.contains("Usage: weir matrix"))
  }
}
