// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing
import Topology

/// `weir matrix` on paper: no process is started.
@Suite(.timeLimit(.minutes(2))) struct MatrixCommandTests {
  private static let huge = [
    "matrix", "--synthetic", "numa:8 core:64 pu:1", "--customers", "512", "--dry-run",
  ]

  @Test(arguments: [
    ("xeon-2-sockets", 8, 80 * 80 * 2), ("epyc-2-sockets-nps4", 20, 256 * 256 * 8),
    ("xeon-2-sockets-cxl", 16, 64 * 64 * 4),
  ])
  func aMachineThatIsNotHereIsPlannedFor(name: String, classes: Int, placements: Int) throws {
    let weir = try WeirProcess(
      ["matrix", "--topology", Repository.topology(name), "--dry-run", "--estimate", "--json"])
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
      ["matrix", "--topology", Repository.topology("xeon-2-sockets"), "--dry-run", "--estimate"])
    #expect(weir.status == 0 && weir.errors.isEmpty)
    #expect(weir.output.contains("cross-node-d21-other-package/at-customer"))
    #expect(weir.output.contains("model by NUMA distances, not measured"))
    #expect(weir.output.contains("What it costs"))
    #expect(weir.output.contains("8 classes of placements stand for 12 800"))
    let plain = try WeirProcess(
      ["matrix", "--topology", Repository.topology("xeon-2-sockets"), "--dry-run"])
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
    #expect(text.output.contains("What one message of 64KiB puts on each link between nodes"))
    // 64 readers on each of 7 nodes at distance 20, of 64 KiB each, or a replica there.
    let row = text.output.split(separator: "\n").first {
      $0.contains("fan-out/at-producer") && $0.contains("node:0 to node:1")
    }
    for word in ["7", "20", "4 194 304", "65 536", "8 388 608", "131 072"] {
      #expect(row?.contains(word) == true, "\(text.output)")
    }
    let links = try #require((fanOut[0]["model_not_measured"] as? [String: Any])?["links"])
    #expect((links as? [Any])?.count == 7)
  }

  /// Each node but the segment's has a relay: a process, and a segment.
  @Test func replicasArePlannedAndPriced() throws {
    let weir = try WeirProcess(
      Self.huge + ["--replicas", "none,per-node", "--estimate", "--json"])
    #expect(weir.status == 0, "\(weir.errors)")
    let json = try weir.json
    let plan = try #require(json["plan"] as? [String: Any])
    let cells = try #require(plan["cells"] as? [[String: Any]])
    #expect(cells.count == 8)
    #expect(cells.count { ($0["id"] as? String)?.contains("replicas=per-node") == true } == 4)
    #expect(cells.allSatisfy { $0["skip"] is NSNull || $0["skip"] == nil })
    let price = try #require(json["price"] as? [String: Any])
    #expect(price["processes"] as? Int == 513 + 7)
    #expect(price["segments"] as? Int == 8)
    let few = try WeirProcess(
      [
        "matrix", "--topology", Repository.topology("xeon-2-sockets"), "--customers", "8",
        "--dry-run",
        "--estimate", "--replicas", "none,per-node",
      ])
    let words = few.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("by node in turn: node:0 4, node:1 4"), "\(few.output)")
    let one = try WeirProcess(
      [
        "matrix", "--synthetic", "numa:1 core:4 pu:1", "--customers", "3", "--dry-run",
        "--replicas", "per-node",
      ])
    #expect(one.status == 0)
    #expect(one.output.contains("this machine has one NUMA node"), "\(one.output)")
  }

  @Test func thisMachineIsPlannedForToo() throws {
    let weir = try WeirProcess(["matrix", "--dry-run"])
    #expect(weir.status == 0)
    #expect(weir.output.contains("same-pu/at-both"))
    #expect(weir.output.contains("this system"))
  }

  @Test func measuringOnADescriptionIsRefused() throws {
    let machines: [[String]] = [
      ["--synthetic", "numa:2 core:2 pu:1"], ["--topology", Repository.topology("xeon-2-sockets")],
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
      (["--customers", "2", "--replicas", "per-nod"], "did you mean `per-node`?"),
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
      ["--dry-run", "--customers", "2", "--all"], ["--dry-run", "--replicas", "per-node"],
    ])
  func optionsThatContradictEachOtherExitWith64(arguments: [String]) throws {
    let weir = try WeirProcess(["matrix"] + arguments)
    #expect(weir.status == 64)
    #expect(weir.output.isEmpty && weir.errors.contains("Usage: weir matrix"))
  }
}
