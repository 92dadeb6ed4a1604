// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

/// Files for other tools.
@Suite struct ExportTests {
  private static func names(_ export: Export) -> String {
    switch export {
    case .csv: "cells.csv"
    case .jsonLines: "cells.jsonl"
    case .junit: "junit.xml"
    default: "\(export.rawValue).json"
    }
  }

  @Test(arguments: Export.allCases) func theFileIsTheExpectedOne(export: Export) throws {
    let text = try export.text(try SampleRun.mixed())
    let expected = try ExpectedFile.text(Self.names(export), orWrite: text)
    #expect(text == expected, "\(export.rawValue)")
  }

  @Test(arguments: Export.allCases) func anEmptyRunIsAFileToo(export: Export) throws {
    var run = try SampleRun.mixed()
    run.replaceCells(with: [])
    let text = try export.text(run)
    switch export {
    case .csv, .jsonLines: #expect(text.isEmpty)
    case .junit: #expect(text.contains("tests=\"0\""))
    default: #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }

  @Test func everyLineHasTheNamesOfTheFirst() throws {
    let run = try SampleRun.mixed()
    let lines = try Export.jsonLines.text(run).split(separator: "\n")
    let objects = try lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == run.cells.count)
    let names = try Export.csv.text(run).prefix { $0 != "\n" }.split(separator: ",").map(
      String.init)
    for object in objects { #expect(Set(object.keys) == Set(names)) }
    #expect(objects.map { $0["cell"] as? String } == run.cells.map(\.cell.id))
  }

  /// What is not ok is no number for whoever follows numbers.
  @Test(arguments: [Export.bencher, .githubLatency, .githubThroughput, .hyperfine])
  func badCellsHaveNoNumbers(export: Export) throws {
    let run = try SampleRun.mixed()
    let text = try export.text(run)
    for cell in run.cells {
      #expect(text.contains("\"\(cell.cell.id)\"") == (cell.status == .ok), "\(cell.cell.id)")
    }
  }
}
