// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing

@Suite(.timeLimit(.minutes(2))) struct ListCommandTests {
  private static let cells = ["list", "cells", "job.yaml", "--synthetic", SampleJob.machine]

  @Test(arguments: ["stores", "serializers", "workloads", "waits", "presets"])
  func namesAreListedAlikeInTextAndJSON(subject: String) throws {
    let json = try WeirProcess(["list", subject, "--json"]).json
    #expect(json["schema"] as? String == "weir-list/1")
    let entries = try #require(json[subject] as? [[String: Any]])
    let names = entries.compactMap { $0["name"] as? String }
    #expect(names.count == entries.count && !names.isEmpty)
    let text = try WeirProcess(["list", subject])
    #expect(text.status == 0)
    let lines = text.output.split(separator: "\n").dropFirst()
    #expect(lines.compactMap { $0.split(separator: " ").first.map(String.init) } == names)
  }

  @Test func presetsOfADescribedMachine() throws {
    let weir = try WeirProcess(["list", "presets", "--synthetic", SampleJob.machine])
    #expect(weir.output.contains("cross node (same package)"))
  }

  @Test func aPlanDependsOnTheJobAndItsSeedOnly() throws {
    let scratch = try SampleJob.scratch()
    let first = try WeirProcess(Self.cells + ["--json"], in: scratch)
    let again = try WeirProcess(Self.cells + ["--json"], in: scratch)
    #expect(first.status == 0)
    #expect(first.output == again.output)
    let other = try WeirProcess(Self.cells + ["--json", "--seed", "2"], in: scratch)
    #expect(first.output != other.output)
    let plan = try JSONDecoder().decode(Plan.self, from: Data(first.output.utf8))
    #expect(plan.cells.count == 8)
    #expect(plan.order.count == 24)
  }

  @Test func overridesReachThePlan() throws {
    let weir = try WeirProcess(
      Self.cells + [
        "--json", "--set", "size=1KiB", "--store", "shm", "--store", "queue", "--serializer",
        "large", "--wait", "park,spin", "--workload", "pingpong", "--launches", "7", "--measure",
        "70ms", "--warmup", "20ms", "--seed", "9", "--verify", "off", "--depth", "16",
        "--placement", "cross-node",
      ], in: SampleJob.scratch())
    let plan = try JSONDecoder().decode(Plan.self, from: Data(weir.output.utf8))
    #expect(plan.seed == 9)
    #expect(
      plan.cells.map(\.id) == [
        "pingpong/shm/large/1KiB/d16/block/park/closed/cross-node/1p1c/v=off",
        "pingpong/queue/large/1KiB/d16/block/park/closed/cross-node/1p1c/v=off",
        "pingpong/shm/large/1KiB/d16/block/spin/closed/cross-node/1p1c/v=off",
        "pingpong/queue/large/1KiB/d16/block/spin/closed/cross-node/1p1c/v=off",
      ])
    for cell in plan.cells {
      #expect(cell.launches == 7)
      #expect(cell.measure == .milliseconds(70))
      #expect(cell.warmup == .milliseconds(20))
    }
  }

  @Test(
    arguments: [
      "producer=core:3,customer=core:9,segment=numa:1", "p=core:3,c=core:9,seg=numa:1",
    ])
  func seatsAreGivenOneByOne(placement: String) throws {
    let weir = try WeirProcess(
      Self.cells + ["--placement", placement, "--only", "*/shm/small/64B/*"],
      in: SampleJob.scratch())
    #expect(weir.output.contains("/p=core:3,c=core:9,seg=numa:1/"))
    #expect(weir.output.contains("1 cells: 1 to measure in 3 launches"))
  }

  @Test func whatTheMachineCannotSeatIsSkippedWithItsReason() throws {
    let weir = try WeirProcess(
      ["list", "cells", "job.yaml", "--synthetic", "core:2 pu:1", "--placement", "cross-node"],
      in: SampleJob.scratch())
    #expect(weir.status == 0, "a skipped cell is no error")
    #expect(weir.output.contains("cross-node needs 2 NUMA nodes with CPUs, this machine has 1"))
    #expect(weir.output.contains("8 cells: 0 to measure in 0 launches"))
  }

  @Test func aRequirementTurnsASkipIntoAnExit() throws {
    let arguments = ["list", "cells", "job.yaml", "--require", "cross-node", "--synthetic"]
    let without = try WeirProcess(arguments + ["core:2 pu:1"], in: SampleJob.scratch())
    #expect(without.status == 6)
    #expect(without.refusedInOneLine)
    let with = try WeirProcess(arguments + [SampleJob.machine], in: SampleJob.scratch())
    #expect(with.status == 0)
  }

  /// A seat on a node without CPUs, and places that a machine has not.
  @Test(
    arguments: [
      (
        "numa:1", "numa:1 has memory but no CPUs; use it as a memory home, or sit on numa:0, numa:2"
      ),
      ("numa:9", "this machine has only numa:0 to numa:3"),
      ("pu:64", "this machine has only pu:0 to pu:63"),
      ("segment=node:9", "this machine has only node:0 to node:3"),
    ])
  func aPlaceThatTheMachineHasNotExitsWith6(place: String, words: String) throws {
    let expander = Repository.topology("xeon-2-sockets-cxl")
    let arguments = ["list", "cells", "job.yaml", "--topology", expander, "--require"]
    let weir = try WeirProcess(arguments + [place], in: SampleJob.scratch())
    #expect(weir.status == 6 && weir.refusedInOneLine, "\(weir.errors)")
    #expect(weir.errors.contains(words), "\(weir.errors)")
    // Where nobody sits, memory may still be.
    let home = try WeirProcess(arguments + ["segment=node:1"], in: SampleJob.scratch())
    #expect(home.status == 0)
  }

  @Test func aBudgetCutsAndSaysSo() throws {
    let weir = try WeirProcess(Self.cells + ["--budget", "2s"], in: SampleJob.scratch())
    #expect(weir.output.contains("note: budget 2s"))
  }
}
