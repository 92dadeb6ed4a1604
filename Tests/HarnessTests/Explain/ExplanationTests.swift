// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct ExplanationTests {
  /// A stream with something to say in every part of the page.
  private static func whole() -> StagedRun {
    var run = StagedRun(
      StagedCell(serializer: "small", size: 1 << 20, wait: "spin").with {
        $0.roof = Roof(.memcpy)
        $0.rate = 18_000
        $0.spread = 0.3
        $0.change = { record in
          record.busyCores = 1.98
          record.noise.steal = 12_000_000
          if record.launch == 2 { record.slices[3].quarantine = "steal 12 ms" }
        }
      },
      StagedCell(serializer: "large", size: 1 << 20, wait: "spin").with { $0.rate = 36_000 },
      StagedCell(serializer: "small", size: 1 << 20, wait: "park").with { $0.rate = 30_000 },
      StagedCell(serializer: "small", size: 4096, wait: "spin").with { $0.rate = 300_000 })
    run.memcpy = [1 << 20: 40e9]
    return run
  }

  @Test func thePageIsTheExpectedOne() throws {
    let page = try Self.whole().explanation().document().terminal(.init(color: false))
    #expect(try page == ExpectedFile.text("explanation.txt", orWrite: page))
  }

  @Test func theJSONSaysTheSame() throws {
    let explanation = try Self.whole().explanation()
    let data = try JSONEncoder().encode(explanation)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let limits = try #require(object["limits"] as? [[String: Any]])
    #expect(limits.map { $0["text"] as? String } == explanation.limits.map(\.text))
    #expect(limits.allSatisfy { $0.keys.contains("remedy") }, "unknown is null, not absent")
    #expect(object["kept"] as? Int == explanation.kept && explanation.kept > 0)
    #expect((object["remedies"] as? [String])?.isEmpty == false)
  }

  @Test func everyRemedyIsSaidOnce() throws {
    let remedies = try Self.whole().explanation().remedies
    #expect(Set(remedies).count == remedies.count)
  }

  /// The recorded runs are explained without a trap, in every cell and every status.
  @Test func everyCellOfARunIsExplained() throws {
    let run = try SampleRun.mixed()
    let explainer = Explainer(run)
    for cell in run.cells {
      let explanation = explainer.explain(cell)
      #expect(explanation.cell == cell.cell.id && explanation.status == cell.status)
      #expect(!explanation.document().markdown().isEmpty)
    }
  }
}

@Suite struct RunChoiceTests {
  private func cell(_ text: String) throws -> String {
    try SampleRun.mixed().cell(matching: text).cell.id
  }

  private func refusal(_ text: String) -> String {
    do {
      return "accepted: \(try cell(text))"
    } catch { return "\(error)" }
  }

  @Test func anIDItsBeginningAndAPatternNameACell() throws {
    let id = try SampleRun.mixed().cells[0].cell.id
    #expect(try cell(id) == id)
    #expect(try cell("stream/shm/large/64B/d64") == id, "its beginning")
    #expect(try cell("ping*/large/64B/d64/*").hasPrefix("pingpong/shm/large/64B/d64/"))
  }

  @Test func whatIsNoSingleCellIsRefused() throws {
    #expect(
      refusal("pingpong").contains("means") && refusal("pingpong").contains("name one of them"))
    let slip = refusal("straem/shm/large")
    #expect(slip.contains("no cell of r-0001 matches `straem/shm/large`"))
    #expect(slip.contains("the nearest is `stream/shm/large/64B/"))
  }
}
