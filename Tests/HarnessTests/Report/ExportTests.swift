// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

/// Files for other tools. To write the expected ones anew after a change that is meant, run this suite
/// with `WEIR_WRITE_EXPECTED=1`, and read the difference.
@Suite struct ExportTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Expected")

  private static func names(_ export: Export) -> String {
    switch export {
    case .csv: "cells.csv"
    case .jsonLines: "cells.jsonl"
    case .junit: "junit.xml"
    default: "\(export.rawValue).json"
    }
  }

  /// Two cells that are ok, one that cannot run, one that lost messages, one that crashed.
  private static func run() throws -> Run {
    var run = try SampleRun.run(SampleRun.small)
    let cells = run.cells
    func spoilt(_ index: Int, skip: String? = nil, _ change: (inout LaunchRecord) -> Void)
      -> RunCell
    {
      var cell = cells[index].cell
      cell.skip = skip
      cell.parameters.depth += index
      var samples = skip == nil ? cells[index].samples : []
      for place in samples.indices { change(&samples[place]) }
      return RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown)
    }
    let bad = [
      spoilt(1, skip: "queue: cannot <run> \"this\" & that,\nnever") { _ in },
      spoilt(3) { $0.integrity.lost = 3 },
      spoilt(1) { $0.errors = ["a worker, it seems, \"died\""] },
    ]
    run.replaceCells(with: [cells[1], cells[3]] + bad)
    return run
  }

  @Test(arguments: Export.allCases) func theFileIsTheExpectedOne(export: Export) throws {
    let text = try export.text(try Self.run())
    let file = Self.folder.appendingPathComponent(Self.names(export))
    if ProcessInfo.processInfo.environment["WEIR_WRITE_EXPECTED"] != nil {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8), "\(export.rawValue)")
  }

  @Test(arguments: Export.allCases) func anEmptyRunIsAFileToo(export: Export) throws {
    var run = try Self.run()
    run.replaceCells(with: [])
    let text = try export.text(run)
    switch export {
    case .csv, .jsonLines: #expect(text.isEmpty)
    case .junit: #expect(text.contains("tests=\"0\""))
    default: #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }

  @Test func everyLineHasTheNamesOfTheFirst() throws {
    let run = try Self.run()
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
    let run = try Self.run()
    let text = try export.text(run)
    for cell in run.cells {
      #expect(text.contains("\"\(cell.cell.id)\"") == (cell.status == .ok), "\(cell.cell.id)")
    }
  }
}
