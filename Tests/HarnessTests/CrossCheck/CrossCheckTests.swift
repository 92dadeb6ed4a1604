// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct CrossCheckTests {
  private static func item(
    parse: @escaping @Sendable (String) -> Double? = { Double($0) }, explanation: String? = nil
  ) -> CrossCheckItem {
    CrossCheckItem(
      name: "memcpy 64KiB", quantity: .bandwidth, ours: { _ in 1 }, tool: .perf,
      command: "perf bench mem memcpy", parse: parse, explanation: explanation)
  }

  private static func finding(_ ratios: [Double], explanation: String? = nil) -> CrossCheckFinding {
    CrossCheckFinding(
      item(explanation: explanation),
      pairs: ratios.map { .init(ours: $0 * 10e9, theirs: 10e9) }, trouble: nil)
  }

  @Test func ratiosNearOneAgree() {
    let finding = Self.finding([0.9, 1.0, 1.1, 0.95, 1.02, 1.05])
    #expect(finding.verdict == .agrees)
    #expect(finding.ratio?.low == 0.9 && finding.ratio?.high == 1.1)
    #expect(finding.note == nil)
  }

  @Test func anIntervalThatReachesTheToleranceDoesNotTell() {
    let finding = Self.finding([1.14, 1.3, 1.3, 1.3, 1.3, 1.3])
    #expect(finding.verdict == .undecided && finding.note?.contains("--rounds") == true)
    #expect(Self.finding([0.7, 1.1, 1.1, 1.1, 1.1, 1.3]).verdict == .agrees)
    #expect(Self.finding([1.16, 1.3, 1.3, 1.3, 1.3, 1.3]).verdict == .differs)
    #expect(Self.finding([0.84, 0.5, 0.5, 0.5, 0.5, 0.5]).verdict == .differs)
  }

  @Test func aKnownDifferenceIsExplainedAndNotHidden() {
    let finding = Self.finding([2, 2, 2, 2, 2, 2], explanation: "another loop")
    #expect(finding.verdict == .explained)
    #expect(finding.note == "another loop")
    // What agrees needs no excuse.
    #expect(Self.finding([1, 1, 1, 1, 1, 1], explanation: "another loop").note == nil)
  }

  @Test func aMissingToolIsUnavailable() {
    let finding = CrossCheckFinding(Self.item(), pairs: [], trouble: "not installed")
    #expect(finding.verdict == .unavailable)
    #expect(finding.ratio == nil && finding.note == "not installed")
  }

  @Test func medianIsOfRatiosAndNotRatioOfMedians() {
    let pairs: [CrossCheckFinding.Pair] = [
      .init(ours: 1, theirs: 1), .init(ours: 100, theirs: 50), .init(ours: 10, theirs: 10),
    ]
    let finding = CrossCheckFinding(Self.item(), pairs: pairs, trouble: nil)
    #expect(finding.ratio?.value == 1)
    #expect(finding.ratio?.low == nil, "three rounds have no interval")
  }

  @Test func figuresAreReadFromWhatToolsPrint() throws {
    let items = CrossCheckItem.all(cpus: (0, 1), sizes: [ByteCount(65536)])
    func parse(_ name: String, _ output: String) throws -> Double? {
      try #require(items.first { $0.name == name }).parse(output)
    }
    // 20 000 round trips in a second: 25 µs each way.
    #expect(try parse("pipe ping-pong", "1.000\n") == 25_000)
    #expect(
      try parse("memcpy 64KiB", "# function 'default' (glibc)\n5469309409.555602\n")
        == 5_469_309_409.555602)
    #expect(try parse("read 64KiB", "Time:\t1.3 sec\nMByte/s:\t\t12579.22\n") == 12_579_220_000)
    #expect(
      try parse(
        "cache-line ping-pong",
        "stress-ng: metrc: [6882] peterson            4922.85 nanosecs per mutex (geo mean)")
        == 4922.85)
    #expect(try parse("futex ping-pong", "Traceback (most recent call last):") == nil)
  }

  @Test func commandsNameTheCPUsOfTheSeats() throws {
    let items = CrossCheckItem.all(cpus: (3, 5), sizes: [ByteCount(1 << 20)])
    let pipe = try #require(items.first { $0.name == "pipe ping-pong" })
    #expect(pipe.command.contains("taskset -c 3 perf") && pipe.command.contains("taskset -pc 5"))
    let copy = try #require(items.first { $0.name == "memcpy 1MiB" })
    #expect(copy.command.hasPrefix("taskset -c 3 ") && copy.command.contains("-s 1048576B"))
  }
}

@Suite struct ToolRunTests {
  @Test func keepsStatusAndOutput() throws {
    let run = try ToolRun("echo one; echo two >&2; exit 3")
    #expect(run.status == 3)
    #expect(run.output == "one\ntwo\n")
  }

  @Test func numbersHaveAPoint() throws {
    #expect(try ToolRun("echo $LC_ALL").output == "C\n")
  }

  @Test func oneThatHangsIsEndedWithItsChildren() throws {
    let marker = "weir-\(UUID().uuidString)"
    #expect(throws: HarnessError.self) {
      try ToolRun("sh -c ': \(marker); sleep 60' & wait", timeout: .milliseconds(300))
    }
    let left = try ToolRun("pgrep -f '[w]\(marker.dropFirst())' | wc -l")
    #expect(left.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0")
  }
}
