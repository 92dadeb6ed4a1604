// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A store in C, from its source to a gate, without a change to Weir.
@Suite(.timeLimit(.minutes(3))) struct PluginTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try PluginSource.build(try PluginSource.example("pthread_queue"), as: "queue", in: scratch)
    try scratch.write(PluginSource.job, to: "job.yaml")
    return scratch
  }

  @Test func itIsListedAsAStore() throws {
    let list = try WeirProcess(
      ["list", "stores", "--json", "--backend", "queue.so"], in: scratch())
    #expect(list.status == 0, "\(list.errors)")
    let stores = try #require(try list.json["stores"] as? [[String: Any]])
    let store = try #require(stores.first { $0["name"] as? String == "pthread-queue" })
    #expect(store["waits"] as? [String] == ["park"])
    // By the environment alone, as workers find it.
    let cells = try WeirProcess(
      ["list", "cells", "job.yaml", "--json"], in: scratch(),
      environment: ["WEIR_BACKENDS": "queue.so"])
    #expect(cells.output.contains("stream/pthread-queue/raw/64B"), "\(cells.errors)")
  }

  @Test func itIsCheckedForWhatItDeclares() throws {
    let check = try WeirProcess(["check", "--json", "--backend", "./queue.so"], in: scratch())
    #expect(check.status == 0, "\(check.errors)")
    let findings = try #require(try check.json["findings"] as? [[String: Any]])
    #expect(findings.count >= 10)
    for finding in findings { #expect(finding["verdict"] as? String == "held", "\(finding)") }
  }

  @Test func itIsMeasured() throws {
    let run = try WeirProcess(
      ["run", "job.yaml", "--allow-debug", "--json", "--set", "customers=1,2"], in: scratch())
    let json = try run.json
    #expect([0, 9].contains(run.status), "\(run.errors)")
    let cells = try #require(json["cells"] as? [[String: Any]])
    #expect(cells.count == 4)
    let measured = cells.filter { $0["status"] as? String == "ok" }
    #expect(measured.count >= 1)
    for cell in measured {
      let integrity = try #require(cell["integrity"] as? [String: Int], "\(cell)")
      #expect(integrity["sent"] == integrity["received"] && integrity["received"] ?? 0 > 0)
    }
    #expect(run.output.contains("pthread-queue 1.0 is the plug-in"))
  }

  @Test func aNullOneIsMeasuredAndChecksSayNothing() throws {
    let scratch = try scratch()
    try PluginSource.build(try PluginSource.example("null"), as: "null", in: scratch)
    let run = try WeirProcess(
      ["run", "job.yaml", "--allow-debug", "--json", "--backend", "null.so"]
        + ["--store", "null-plugin"], in: scratch)
    #expect([0, 9].contains(run.status), "\(run.errors)")
    let cells = try #require(try run.json["cells"] as? [[String: Any]])
    #expect(cells.contains { $0["status"] as? String == "skipped" }, "it has no round trips")
    let check = try WeirProcess(["check", "null-plugin", "--backend", "null.so"], in: scratch)
    #expect(check.status == 0 && check.output.contains("0 held, 0 violated"), "\(check.errors)")
  }

  @Test func twoBuildsOfItAreGated() throws {
    let scratch = try scratch()
    let slow = try PluginSource.example(
      "pthread_queue", "if (byte_count > end->item_bytes) return -EMSGSIZE;",
      "usleep(2000);")
    try PluginSource.build(slow, as: "slow", in: scratch)
    let job = PluginSource.job.replacing("backends: [queue.so]\n", with: "")
      .replacing("launches: 1", with: "launches: 6").replacing(", pingpong]", with: "]")
    try scratch.write(job, to: "gate.yaml")
    let copy = scratch.path + "/head.so"
    try FileManager.default.copyItem(atPath: scratch.path + "/queue.so", toPath: copy)
    func gate(_ head: String) throws -> WeirProcess {
      try WeirProcess(
        ["gate", "--base", "queue.so", "--head", head, "gate.yaml", "--allow-debug", "--json"]
          + ["--budget", "20s", "--delta", "80%"], in: scratch,
        environment: ["TMPDIR": scratch.path])
    }
    let same = try gate("head.so")
    // What a loaded machine makes of it is not the question.
    #expect([0, 2, 7, 9].contains(same.status), "\(same.errors)")
    let json = try same.json
    let cell = try #require((json["cells"] as? [[String: Any]])?.first)
    let rounds = try #require(cell["rounds"] as? [[String: Any]])
    #expect(rounds.count >= 6)
    for round in rounds {
      for side in ["base", "head", "control"] {
        let launch = try #require(round[side] as? [String: Any])
        #expect(try #require(launch["cost_ns"] as? Double) > 0)
      }
    }
    let slower = try gate("slow.so")
    #expect([2, 7, 9].contains(slower.status), "two milliseconds a message: \(slower.errors)")
    #expect(try scratch.names.allSatisfy { !$0.hasPrefix("weir-control") })
  }

  @Test(arguments: [
    ("memcpy(slot + LINE, bytes, byte_count);", "memcpy(slot + LINE, bytes, byte_count / 2);"),
    ("queue->sent++;", "if (queue->sent != 7 || !queue->taken[0]++) queue->sent++;"),
  ]) func aFaultOfItIsFound(place: String, fault: String) throws {
    let scratch = try Scratch()
    let text = try PluginSource.example("pthread_queue", place, fault)
    try PluginSource.build(text, as: "queue", in: scratch)
    let check = try WeirProcess(
      ["check", "--only", "peer-order", "--backend", "queue.so"], in: scratch)
    #expect(check.status == 10)
    #expect(check.errors.hasPrefix("weir: pthread-queue violates `peer-order` in pthread-queue/"))
  }

  @Test func aCrashInsideItIsAWorkersCrash() throws {
    let scratch = try scratch()
    let text = try PluginSource.example(
      "pthread_queue", "if (byte_count > end->item_bytes) return -EMSGSIZE;",
      "*(volatile char *)1 = 0;")
    try PluginSource.build(text, as: "queue", in: scratch)
    let run = try WeirProcess(
      ["run", "job.yaml", "--allow-debug", "--workload", "stream"], in: scratch)
    #expect(run.status == 3)
    #expect(run.errors.contains("was killed by signal 11"), "\(run.errors)")
  }
}
