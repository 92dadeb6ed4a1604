// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReanalyzeCommandTests {
  @Test func everyPublishedNumberFollowsFromItsSamples() throws {
    #expect(!PublishedRuns.all.isEmpty)
    for path in PublishedRuns.all {
      let weir = try WeirProcess(["reanalyze", path])
      #expect(weir.status == 0, "\(path): \(weir.errors)")
      #expect(weir.output.contains("every number as stored"))
    }
  }

  @Test func aNumberThatWasChangedIsFoundAndMended() throws {
    let path = try #require(PublishedRuns.all.first)
    let scratch = try Scratch()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let cells = try #require(text.range(of: "\"cells\":")).upperBound
    let spoilt =
      text[..<cells]
      + text[cells...].replacing(
        #/"p50":\{"coverage":([^}]*)"value":[0-9.]+/#, maxReplacements: 1
      ) { "\"p50\":{\"coverage\":\($0.1)\"value\":1.5" }
    try #require(spoilt != text[...])
    try String(spoilt).write(toFile: scratch.path + "/run.json", atomically: true, encoding: .utf8)
    let weir = try WeirProcess(["reanalyze", "run.json", "--out", "new.json"], in: scratch)
    #expect(weir.status == 9)
    #expect(weir.output.split(separator: "\n").count == 1 && weir.output.hasPrefix("differs: "))
    #expect(weir.errors.contains("1 of "))
    #expect(try WeirProcess(["reanalyze", "new.json"], in: scratch).status == 0)
  }

  @Test func whatIsNoRunIsRefused() throws {
    let scratch = try Scratch()
    try "{}".write(toFile: scratch.path + "/run.json", atomically: true, encoding: .utf8)
    let weir = try WeirProcess(["reanalyze", "run.json"], in: scratch)
    #expect(weir.status == 1 && weir.refusedInOneLine, "\(weir.errors)")
  }

  @Test(arguments: ["reanalyze", "report"]) func aRunOfAnotherSchemaIsRefused(command: String)
    throws
  {
    let scratch = try Scratch()
    try scratch.write("{ \"schema\": \"weir-run/9\", \"cells\": [] }", to: "run.json")
    let weir = try WeirProcess([command, "run.json"], in: scratch)
    #expect(weir.status == 5 && weir.refusedInOneLine, "\(weir.errors)")
    #expect(weir.errors.contains("schema weir-run/9, and this build reads weir-run/1"))
  }
}
