// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ReportTests {
  private func text(_ run: Run, color: Bool = false, width: Int = 120) -> String {
    Report(run).document().terminal(TerminalStyle(color: color, width: width))
  }

  @Test func fitsTheTerminal() throws {
    let lines = text(try SampleRun.run()).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 120 })
    #expect(lines.allSatisfy { $0.last != " " })
  }

  @Test func manySizesSplitRatherThanOverflow() throws {
    let sizes = (0..<25).map { "\(1 << $0)B" }.joined(separator: ", ")
    let run = try SampleRun.run(
      SampleRun.yaml.replacing("64B, 4KiB, 64KiB, 1MiB, 16MiB", with: sizes))
    #expect(text(run).split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func readsAsItShould() throws {
    let yaml = """
      schema: 1
      name: tiny
      defaults: { launches: 6 }
      axes: { store: [list, shm, aeron], serializer: [large], size: [64KiB] }
      """
    let report = text(try SampleRun.run(yaml))
    #expect(
      report.contains(
        """
        64KiB
        store  serializer      p50 µs [95 %]  p99 µs  p99.9 µs  msg k/s  GB/s    roof  lost  note
        list   large       1.10 [1.08, 1.13]    5.02      8.00    40100  2630       -     0  (1)
        shm    large       46.7 [45.6, 47.2]     214       340      944  61.9  58.3 %     0
        """), "\(report)")
    #expect(report.contains("stream · closed loop · wait park · 1 producer to 1 customer · block"))
    #expect(report.contains("- (1) no roof: handed over by reference in one process"))
    #expect(
      report.contains(
        "- aeron: its library is not installed (1 cell: stream / aeron / large / 64KiB / park /"))
    #expect(report.contains("Closed-loop percentiles leave out"))
    #expect(!report.contains("RTT/2)."))
  }

  @Test func colourIsOptional() throws {
    let run = try SampleRun.run()
    #expect(!text(run).contains("\u{1b}"))
    #expect(text(run, color: true).contains("\u{1b}[32;1m"))
  }

  @Test(
    arguments: [
      ([:], true, true), ([:], false, false), (["NO_COLOR": "1"], true, false),
      (["NO_COLOR": ""], true, true), (["TERM": "dumb"], true, false),
    ] as [([String: String], Bool, Bool)])
  func honoursNoColor(_ environment: [String: String], _ isTerminal: Bool, _ color: Bool) {
    #expect(TerminalStyle(environment: environment, isTerminal: isTerminal).color == color)
  }

  @Test func loudAboutWhatIsWrong() throws {
    let debug = text(try SampleRun.run(configuration: "debug"))
    #expect(debug.contains("!! DEBUG BUILD"))
    let partial = text(try SampleRun.run(launches: 3))
    #expect(partial.contains("!! PARTIAL RUN: 70 of 70 cells have numbers"))
    #expect(partial.contains("no 95 % interval below 6"))
    var run = try SampleRun.run()
    let cell = try #require(run.cells.first { $0.status == .ok })
    var samples = cell.samples
    samples[0].integrity.lost = 4
    run.record(RunCell(cell.cell, samples: samples, roofline: run.roofline, regimes: .unknown))
    let broken = text(run)
    #expect(broken.contains("!! 1 cell(s) failed or are invalid"))
    #expect(broken.contains("- invalid: \(cell.cell.id.prefix(20))"))
    #expect(broken.contains("integrity: 4 lost"))
  }

  @Test func unsupportedPercentilesAreMarked() throws {
    let yaml = minimal("defaults: { launches: 6 }")
    var run = try SampleRun.run(yaml)
    let cell = run.cells[0]
    let samples = cell.samples.map { sample in
      var sample = sample
      sample.latency = [.init(nanoseconds: 1_000, count: 400)]
      return sample
    }
    run.record(RunCell(cell.cell, samples: samples, roofline: run.roofline, regimes: .unknown))
    let row = try #require(text(run).split(separator: "\n").first { $0.hasPrefix("shm") })
    let fields = row.split(separator: " ").map(String.init)
    #expect(fields[2...6] == ["1.00", "[1.00,", "1.00]", "~1.00", "-"], "\(row)")
  }

  @Test func markdownShowsTheSameTables() throws {
    let markdown = Report(try SampleRun.run()).document().markdown()
    #expect(markdown.hasPrefix("# compare: Stores compared\n"))
    #expect(markdown.contains("| store | serializer | 64B GB/s |"))
    #expect(markdown.contains("|:---|:---|---:|"))
    #expect(markdown.contains("\\~85.7 ms"))
  }

  @Test func markupInNamesIsEscaped() {
    var document = Document()
    document.add(.table(Table(caption: "", columns: [.word("a|b")], rows: [[.init("<x>*")]])))
    #expect(document.markdown() == "| a\\|b |\n|:---|\n| \\<x\\>\\* |\n")
  }

  @Test func footnotesAreWrittenOnce() {
    var notes = Footnotes()
    #expect([notes.mark("x"), notes.mark("y"), notes.mark("x")] == ["(1)", "(2)", "(1)"])
    #expect(notes.lines == ["(1) x", "(2) y"])
  }

  @Test func incomparableCellsHaveTheirOwnTables() throws {
    let yaml = minimal("defaults: { launches: 6 }\nworkload: { kind: [stream, pingpong] }")
      .replacing("size: [64B]", with: "size: [64B], wait: [park, spin]")
    let groups = ComparableGroup.all(in: try SampleRun.run(yaml))
    #expect(groups.count == 4)
    #expect(Set(groups.map(\.heading)).count == 4)
  }
}
