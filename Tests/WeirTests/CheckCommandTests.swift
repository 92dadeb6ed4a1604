// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite(.timeLimit(.minutes(2))) struct CheckCommandTests {
  @Test func theListNamesEveryCheckAndWhatItStates() throws {
    let weir = try WeirProcess(["check", "--list", "--json"])
    #expect(weir.status == 0)
    let checks = try #require(try weir.json["checks"] as? [[String: Any]])
    #expect(checks.count >= 29)
    #expect(checks.allSatisfy { ($0["statement"] as? String)?.isEmpty == false })
    let order = try #require(checks.first { $0["id"] as? String == "order" })
    #expect((order["cases"] as? [String: Int])?["shm"] ?? 0 >= 24)
  }

  @Test func aStoreThatHoldsIsATableAndExitsWith0() throws {
    let weir = try WeirProcess(["check", "list", "shm", "--only", "put-*", "--only", "killed-e*"])
    #expect(weir.status == 0)
    #expect(weir.errors.isEmpty)
    #expect(weir.output.contains("put-after-end"))
    #expect(weir.output.contains("not applicable: its items never leave the process"))
    #expect(weir.output.contains("3 held, 0 violated, 1 not applicable"))
  }

  @Test func findingsAreJSONToo() throws {
    let weir = try WeirProcess(["check", "queue", "--only", "end-of-nothing", "--json"])
    #expect(weir.status == 0)
    let record = try weir.json
    #expect(record["schema"] as? String == "weir-check/1")
    #expect(record["held"] as? Int == 1 && record["violated"] as? Int == 0)
    let finding = try #require((record["findings"] as? [[String: Any]])?.first)
    #expect(finding["verdict"] as? String == "held" && finding["cases"] as? Int == 2)
  }

  @Test func aPeerIsCheckedForWhatItDeclares() throws {
    let list = try WeirProcess(["check", "pipe", "shm", "--list", "--json"])
    let checks = try #require(try list.json["checks"] as? [[String: Any]])
    let order = try #require(checks.first { $0["id"] as? String == "peer-order" })
    #expect((order["cases"] as? [String: Int])?["pipe"] == 8)
    #expect(checks.contains { $0["id"] as? String == "order" })
    let weir = try WeirProcess(
      ["check", "pipe", "zmq-inproc", "--only", "peer-e*", "--only", "peer-killed-sender"])
    #expect(weir.status == 0, "\(weir.errors)")
    #expect(weir.output.contains("an ended stream is received to its end"))
    #expect(weir.output.contains("0 violated"))
    #expect(weir.output.contains("not applicable: "))
  }

  @Test func oneCrashTrialIsRepeated() throws {
    let weir = try WeirProcess(
      ["check", "shm", "--faults", "crash", "--seed", "5", "--trial", "17", "--json"])
    #expect(weir.status == 0)
    let stores = try #require(try weir.json["stores"] as? [[String: Any]])
    #expect(stores.count == 1 && stores[0]["trials"] as? Int == 1)
    #expect((stores[0]["kills"] as? [String: Int])?.values.reduce(0, +) == 1)
    #expect(stores[0]["leftover"] == nil)
  }

  @Test(
    arguments: [
      (["check", "shn"], "did you mean `shm`?"), (["check", "--only", "x*"], "weir check --list"),
      (["check", "--faults", "crsh"], "did you mean `crash`?"),
      (["check", "list", "--faults", "crash"], "try queue or shm"),
      (["check", "shm", "pipe", "--faults", "crash"], "--only 'peer-killed-*'"),
      (["check", "pip"], "did you mean `pipe`?"), (["check", "pipe", "--only", "order"], "--list"),
    ])
  func wrongValuesAreUsageErrorsWithARemedy(arguments: [String], remedy: String) throws {
    let weir = try WeirProcess(arguments)
    #expect(weir.status == 64)
    #expect(weir.refusedInOneLine, "\(weir.errors)\(weir.output)")
    #expect(weir.errors.contains(remedy), "\(weir.errors)")
  }
}
