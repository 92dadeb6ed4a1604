// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct GateReportTests {
  private func result(_ change: (FakeGate) -> Void = { _ in }) throws -> GateResult {
    let gate = try FakeGate(["launches=12", "serializer=small"])
    change(gate)
    return try gate.conduct()
  }

  private let slowPingPong = { (gate: FakeGate) in
    gate.head.cost = { $0.cell.latency == .halfRoundTrip ? 1300 : 1000 }
  }

  @Test func theWorstStandsFirst() throws {
    let text = GateReport(try result(slowPingPong)).document().markdown()
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.first == "# gate fake: 2 slower, 2 same of 4 cells")
    let rows = lines.filter { $0.hasPrefix("| stream/") || $0.hasPrefix("| pingpong/") }
    #expect(rows.count == 4)
    #expect(rows.prefix(2).allSatisfy { $0.contains("slower") && $0.contains("+30.0 %") })
    #expect(rows.suffix(2).allSatisfy { $0.contains("same") })
    #expect(text.contains("noise floor (base against itself): +0.0 % to +0.0 %"))
    #expect(text.contains("no independent replication"))
  }

  @Test func junitHasACasePerCell() throws {
    let text = GateJUnit(try result(slowPingPong)).text
    #expect(text.contains(#"tests="4" failures="2" errors="0" skipped="0""#))
    #expect(text.components(separatedBy: "<testcase ").count == 5)
    #expect(text.components(separatedBy: #"<failure message="slower: +30.0 %"#).count == 3)
  }

  @Test func anInvalidGateHasNoVerdictAnywhere() throws {
    let invalid = try result { $0.control.cost = { _ in 1200 } }
    let text = GateReport(invalid).document().markdown()
    #expect(text.hasPrefix("# gate fake: INVALID, the base differs from itself"))
    #expect(text.contains("A/A DIFFERS"))
    #expect(GateJUnit(invalid).text.contains(#"errors="4""#))
  }

  @Test func aSlowedHeadIsNamedInEveryRow() throws {
    let text = GateReport(try result { $0.head.hello.slowdownPercent = 10 }).document().markdown()
    #expect(text.contains("> **head is made 10.0 % slower on purpose**"))
    #expect(text.split(separator: "\n").count { $0.contains("head slowed 10.0 %") } == 4)
  }

  @Test func aFailureIsAnErrorOfEveryCase() throws {
    let failed = try result {
      $0.head.amend = { (reply, _) throws(GateError) in reply.cpus = "<0>" }
    }
    let text = GateJUnit(failed).text
    #expect(text.contains(#"errors="4""#) && text.contains("&lt;0&gt;"))
    #expect(GateReport(failed).document().markdown().contains("ended early"))
  }

  @Test func theJSONHoldsEveryRound() throws {
    let result = try result(slowPingPong)
    let data = try JSONEncoder().encode(result)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["schema"] as? String == "weir-gate/1")
    let cells = try #require(json["cells"] as? [[String: Any]])
    #expect(cells.count == 4)
    for cell in cells {
      #expect((cell["rounds"] as? [Any])?.count == 12)
      let state = try #require(cell["result"] as? [String: Any])
      #expect(["slower", "same"].contains(state["verdict"] as? String))
    }
    #expect(json["failure"] is NSNull)
  }
}
