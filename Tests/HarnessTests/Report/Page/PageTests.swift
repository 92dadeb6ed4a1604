// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Topology

@testable import Harness

@Suite struct PageTests {
  private static func page(_ run: Run, machine: Machine? = nil) -> String {
    Report(run).document(for: .page, machine: machine).html()
  }

  /// Every word that structures a page, in its order, without the numbers.
  private static func outline(_ page: String) -> String {
    let names = ["h1", "h2", "caption", "th", "summary", "figcaption", "dt", "li data-s"]
    let pattern = names.map { "<\($0)(?:[ =][^>]*)?>.*?</\($0.prefix { $0 != " " })>" }.joined(
      separator: "|")
    let parts = page.ranges(of: pattern)
    return parts.map { part in
      let name = part.dropFirst().prefix { $0.isLetter || $0.isNumber }
      let text = part.replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression)
      return "\(name): \(text)"
    }.joined(separator: "\n") + "\n"
  }

  @Test func theStructureIsTheExpectedOne() throws {
    let outline = Self.outline(Self.page(try PageSample.run()))
    #expect(try outline == ExpectedFile.text("page-outline.txt", orWrite: outline))
  }

  /// Every element that is opened is closed, in its order.
  @Test func itIsWellFormed() throws {
    var open: [String] = []
    let page = Self.page(try PageSample.run())
    let inner = page.replacingOccurrences(
      of: "<(style|script)>[\\s\\S]*?</\\1>", with: "", options: .regularExpression)
    for tag in inner.ranges(of: "</?[a-z][a-z0-9]*[^>]*>") {
      let name = String(tag.drop { "</".contains($0) }.prefix { $0.isLetter || $0.isNumber })
      if name == "meta" || tag.hasSuffix("/>") { continue }
      if tag.hasPrefix("</") {
        #expect(open.popLast() == name, "\(tag)")
      } else {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func itNeedsNothingFromOutside() throws {
    let page = Self.page(try PageSample.run())
    for word in ["http:", "https:", "src=", "url(", "@import", "<link", "<img", "fetch("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'"))
  }

  /// A job is somebody's text, and so are names and reasons.
  @Test func whatComesFromOutsideIsEscaped() throws {
    var run = try SampleRun.mixed()
    run.header.title = "<script>alert(1)</script> & \"more\""
    run.header.job = "a: <b>\nc: & d"
    run.header.command = ["weir", "<img src=x>"]
    let page = Self.page(run)
    #expect(!page.contains("<script>alert") && !page.contains("<img"))
    #expect(page.contains("<pre>a: &lt;b&gt;\nc: &amp; d</pre>"))
    #expect(page.contains("cannot &lt;run&gt; &quot;this&quot; &amp; that"))
  }

  @Test func proseHasCode() {
    #expect(Markup.prose("raise `a<b`, now") == "raise <code>a&lt;b</code>, now")
    #expect(Markup.prose("one ` alone") == "one ` alone")
    #expect(
      Markup.number(-0.04) == "0" && Markup.number(-1.25) == "-1.3" && Markup.number(12) == "12")
  }

  @Test func theTextsHaveNoPictures() throws {
    let run = try PageSample.run()
    let page = Report(run).document(for: .page).blocks.filter {
      if case .figure = $0 { return true }
      return false
    }
    #expect(!page.isEmpty)
    #expect(!Report(run).document().markdown().contains("<svg"))
    #expect(
      Document(page).markdown() == "\n" && Document(page).terminal(.init(color: false)) == "\n")
  }

  /// Sorting by text would put 1.16 ms before 132 µs.
  @Test func numbersAreSortedByWhatTheyAre() throws {
    let page = Self.page(try PageSample.run())
    let fields = page.ranges(of: "<td class=\"n[^\"]*\" data-v=\"[^\"]*\">")
    #expect(fields.count > 20)
    #expect(page.contains("data-v=\"1048576.0\">1MiB</td>"))
  }

  @Test func thePlacementIsDrawnOnTheMachineOfTheRun() throws {
    var run = try PageSample.run()
    let machine = try Machine(synthetic: "package:1 numa:1 core:2 pu:1")
    run.machine.topology = machine.record
    let page = Self.page(run)
    #expect(page.contains("class=\"pu producer\"") && page.contains("class=\"pu customer\""))
    #expect(page.contains("class=\"numa segment\"") && page.contains("class=\"core\""))
    run.machine.topology = nil
    #expect(Self.page(run, machine: machine).contains("class=\"core\""))
    let flat = Self.page(run)
    #expect(flat.contains("class=\"pu producer\"") && !flat.contains("class=\"core\""))
    #expect(flat.contains("drawn from the number of CPUs and nodes alone"))
    run.machine.numaNodes = 2
    #expect(Self.page(run).contains("nothing to draw on"))
  }

  @Test func aRunWithTopologyIsStoredAndReadAlike() throws {
    var run = try SampleRun.mixed()
    run.machine.topology = try Machine.current().record
    let text = try run.json()
    let again = try Run(json: text, source: "test")
    #expect(again == run)
    #expect(try again.json() == text)
  }

  @Test func aRunOfNothingIsAPageToo() throws {
    var run = try SampleRun.mixed()
    run.replaceCells(with: [])
    #expect(Self.page(run).contains("PARTIAL RUN"))
  }
}

extension String {
  fileprivate func ranges(of pattern: String) -> [String] {
    var found: [String] = []
    var rest = startIndex..<endIndex
    while let range = range(of: pattern, options: .regularExpression, range: rest) {
      found.append(String(self[range]))
      rest = range.upperBound..<endIndex
    }
    return found
  }
}
