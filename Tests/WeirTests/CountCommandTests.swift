// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing

/// The gate's deterministic tier, against the committed counts.
@Suite(.timeLimit(.minutes(3))) struct CountCommandTests {
  private static let committed = Repository.path("Benchmarks/Counts/counts.json")

  @Test func aMessageCostsWhatItDid() throws {
    let count = try WeirProcess(["count", "--against", Self.committed])
    // Of another compiler there may be no counts yet.
    if count.status == 5, count.errors.contains("no counts of a") { return }
    #expect(count.status == 0, "\(count.errors)\(count.output)")
  }

  @Test func whatTheMachineCanCountIsExact() throws {
    let scratch = try Scratch()
    let first = try WeirProcess(
      ["count", "--only", "pipe/*", "--only", "shm/raw/*", "--save", "counts.json", "--json"],
      in: scratch)
    #expect(first.status == 0, "\(first.errors)")
    let counts = try #require(try first.json["counts"] as? [String: [String: Any]])
    let pipe = try #require(counts["pipe/raw/64B"])
    let messages = try #require(pipe["messages"] as? Int)
    if let calls = pipe["system_calls"] as? Int {
      #expect(calls == 2 * messages, "a write and a read")
      #expect(pipe["kernel_bytes"] as? Int == 2 * 64 * messages)
      #expect(counts["shm/raw/64KiB"]?["system_calls"] as? Int == 0)
    }
    #expect(counts["shm/raw/64KiB"]?["copied_bytes"] as? Int == 65536 * messages)
    #expect(counts["shm/raw/64KiB"]?["page_faults"] as? Int == 0)
    let second = try WeirProcess(
      ["count", "--only", "pipe/*", "--only", "shm/raw/*", "--against", "counts.json"],
      in: scratch)
    #expect(second.status == 0, "\(second.errors)")
  }

  @Test func moreThanInTheFileIsARegression() throws {
    let scratch = try Scratch()
    #expect(
      try WeirProcess(["count", "--only", "shm/raw/64KiB", "--save", "c.json"], in: scratch).status
        == 0)
    let text = try scratch.text("c.json")
    let copied = try #require(text.firstMatch(of: /"copied_bytes" ?: ?(\d+)/))
    func against(_ change: Int) throws -> WeirProcess {
      let value = try #require(Int(copied.1))
      let changed = text.replacing(copied.0, with: "\"copied_bytes\":\(value + change)")
      try scratch.write(changed, to: "other.json")
      return try WeirProcess(
        ["count", "--only", "shm/raw/64KiB", "--against", "other.json"], in: scratch)
    }
    let more = try against(-1)
    #expect(more.status == 2 && more.errors.contains("copied_bytes rose"), "\(more.errors)")
    let less = try against(1)
    #expect(less.status == 0 && less.output.contains("copied_bytes fell"), "\(less.output)")
  }

  /// By valgrind, which carries out every one of them; of another counter none are compared.
  @Test(.enabled(if: hasValgrind)) func instructionsAreTheSameEveryTime() throws {
    let scratch = try Scratch()
    let count = ["count", "--instructions", "--only", "shm/raw/64B"]
    let first = try WeirProcess(count + ["--save", "c.json", "--json"], in: scratch)
    #expect(first.status == 0, "\(first.errors)")
    let counts = try #require(try first.json["counts"] as? [String: [String: Any]])
    let script = try #require(counts["shm/raw/64B"])
    let instructions = try #require(script["instructions"] as? Int)
    let messages = try #require(script["messages"] as? Int)
    #expect(instructions > 100 * messages, "a put and a get, and the check of 64 bytes")
    let second = try WeirProcess(count + ["--against", "c.json"], in: scratch)
    #expect(second.status == 0 && second.output.contains("as in the file"), "\(second.output)")
    let text = try scratch.text("c.json")
    let fewer = text.replacing(
      /"instructions" ?: ?\d+/, with: "\"instructions\":\(instructions * 98 / 100)")
    try scratch.write(fewer, to: "fewer.json")
    let risen = try WeirProcess(count + ["--against", "fewer.json"], in: scratch)
    #expect(risen.status == 2 && risen.errors.contains("instructions rose"), "\(risen.errors)")
    try scratch.write(fewer.replacing("valgrind-", with: "other-"), to: "other.json")
    let other = try WeirProcess(count + ["--against", "other.json"], in: scratch)
    #expect(other.status == 0 && other.output.contains("are not compared"), "\(other.output)")
  }

  private static let hasValgrind = ["valgrind", "objcopy"].allSatisfy {
    SystemProbe().tool($0) != nil
  }

  @Test(arguments: [
    (["--against", "absent.json"], CInt(5), "no such counts"),
    (["--against", "text.json"], 5, "not counts of this weir"),
    (["--only", "nothing*"], 64, "no script matches"),
  ]) func badInputIsRefusedInOneLine(arguments: [String], status: CInt, remedy: String) throws {
    let scratch = try Scratch()
    try scratch.write("{}", to: "text.json")
    let weir = try WeirProcess(["count"] + arguments, in: scratch)
    #expect(weir.status == status && weir.refusedInOneLine, "\(weir.errors)")
    #expect(weir.errors.contains(remedy), "\(weir.errors)")
  }
}
