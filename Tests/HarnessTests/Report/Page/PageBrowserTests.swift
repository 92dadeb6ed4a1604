// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

/// What only a browser can tell: that the script runs, that lines are drawn, that nothing sticks out.
@Suite(
  .enabled(if: Chromium.path != nil, "chromium is not installed: `make test-browser` installs it"),
  .timeLimit(.minutes(5)))
struct PageBrowserTests {
  /// Looks at the page from inside and leaves what it saw as the page's last element.
  private static let probe = """
    <pre id="probe"></pre>
    <script>
    (() => {
      for (const fold of document.querySelectorAll("details")) fold.open = true;
      const seen = {};
      seen.ready = document.documentElement.dataset.ready === "true";
      seen.scrollWidth = document.documentElement.scrollWidth;
      seen.clientWidth = document.documentElement.clientWidth;
      seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
      const table = [...document.querySelectorAll("table")].find((table) =>
        [...table.tHead.rows[0].cells].some((cell) => cell.textContent.includes("msg")));
      if (table) {
        const heads = [...table.tHead.rows[0].cells];
        const column = heads.findIndex((cell) => cell.textContent.includes("msg"));
        const order = () => [...table.tBodies[0].rows].map((row) =>
          Number(row.cells[column].dataset.v));
        const button = heads[column].querySelector("button");
        seen.before = order();
        button.click();
        seen.ascending = order();
        seen.sort = heads[column].getAttribute("aria-sort");
        button.click();
        seen.descending = order();
        button.click();
        seen.after = order();
      }
      const entry = document.querySelector(".legend li");
      const series = entry.closest("figure").querySelector(".s");
      entry.click();
      seen.hidden = getComputedStyle(series).display;
      entry.click();
      seen.shown = getComputedStyle(series).display;
      const box = document.querySelector("figure .chart").getBoundingClientRect();
      seen.chart = [box.left, box.top, box.right, box.bottom].map(Math.round);
      seen.series = [...document.querySelector("figure .chart").querySelectorAll(".s")]
        .map((series) => getComputedStyle(series).color);
      seen.paper = getComputedStyle(document.body).backgroundColor;
      const overlapping = [];
      for (const chart of document.querySelectorAll(".chart, .machine")) {
        const frame = chart.getBoundingClientRect();
        const words = [...chart.querySelectorAll("text")].map((word) =>
          [word.textContent, word.getBoundingClientRect()]);
        words.forEach(([text, a], i) => {
          if (a.left < frame.left - 1 || a.right > frame.right + 1) overlapping.push(`${text} sticks out`);
          for (const [other, b] of words.slice(i + 1)) {
            if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
              overlapping.push(`${text} on ${other}`);
          }
        });
      }
      seen.overlapping = [...new Set(overlapping)];
      document.getElementById("probe").textContent = JSON.stringify(seen);
    })();
    </script>
    """

  struct Seen: Decodable {
    var ready: Bool
    var scrollWidth: Int
    var clientWidth: Int
    var requests: [String]
    var before: [Double]?
    var ascending: [Double]?
    var descending: [Double]?
    var after: [Double]?
    var sort: String?
    var hidden: String
    var shown: String
    var chart: [Int]
    var series: [String]
    var paper: String
    var overlapping: [String]
  }

  private func look(_ page: String, _ window: Chromium.Window) throws -> Seen {
    let probed = page.replacingOccurrences(of: "</body>", with: Self.probe + "</body>")
    let isNarrow = window.width < Self.narrowest
    let browser = try Chromium(page: isNarrow ? Self.framed(probed, width: window.width) : probed)
    defer { browser.remove() }
    let document = try browser.document(window)
    let begin = try #require(document.range(of: "<pre id=\"probe\">")).upperBound
    let end = try #require(document.range(of: "</pre>", range: begin..<document.endIndex))
      .lowerBound
    let text = document[begin..<end].replacingOccurrences(of: "&gt;", with: ">")
      .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&amp;", with: "&")
    return try JSONDecoder().decode(Seen.self, from: Data(text.utf8))
  }

  private func wholePage() throws -> String {
    Report(try PageSample.run()).document(for: .page).html()
  }

  @Test func theScriptSortsAndHidesAndAsksForNothing() throws {
    let seen = try look(wholePage(), .init())
    #expect(seen.ready && seen.requests.isEmpty, "\(seen.requests)")
    let before = try #require(seen.before)
    #expect(before.count > 1 && Set(before).count > 1)
    #expect(seen.ascending == before.sorted() && seen.sort == "ascending")
    #expect(seen.descending == before.sorted().reversed())
    #expect(seen.after == before, "the third click restores the order")
    #expect(seen.hidden == "none" && seen.shown != "none")
  }

  /// Everything open: tables scroll within their boxes, and words of a picture keep apart.
  @Test(arguments: [390, 768, 1280]) func nothingSticksOut(width: Int) throws {
    let seen = try look(wholePage(), .init(width: width))
    #expect(seen.clientWidth == width)
    #expect(seen.scrollWidth <= width, "\(seen.scrollWidth)")
    #expect(seen.overlapping.isEmpty, "\(seen.overlapping)")
  }

  /// A browser's window has a least width, also where nobody sees it; a frame in it has none.
  private static let narrowest = 500

  private static func framed(_ page: String, width: Int) -> String {
    // Lines stay lines: the script has comments.
    let attribute = page.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Markup.escaped(String($0)) }.joined(separator: "&#10;")
    return """
      <!DOCTYPE html><body><pre id="probe"></pre>
      <iframe style="width:\(width)px;height:800px;border:0" srcdoc="\(attribute)"></iframe>
      <script>
      const frame = document.querySelector("iframe");
      frame.addEventListener("load", () => {
        document.getElementById("probe").textContent =
          frame.contentDocument.getElementById("probe").textContent;
      });
      </script></body>
      """
  }

  /// The colours of the series lie on the plot in the amount that lines have, in both themes.
  @Test(arguments: [false, true]) func everySeriesIsDrawn(isDark: Bool) throws {
    let run = try PageSample.run()
    let group = try #require(ComparableGroup.all(in: run).first)
    let figures = PageContents(run).figures(of: group)
    let page = Document([.title("plot")] + figures.prefix(1)).html()
    let window = Chromium.Window(width: 900, height: 700, isDark: isDark)
    let seen = try look(page, window)
    let browser = try Chromium(page: page)
    defer { browser.remove() }
    let picture = try browser.picture(window)
    #expect(picture.width == window.width && picture.height == window.height)
    let pixels = picture.colors(x: seen.chart[0]..<seen.chart[2], y: seen.chart[1]..<seen.chart[3])
    #expect(seen.series.count > 1)
    for series in seen.series {
      let color = try #require(Picture.Color(css: series))
      #expect(pixels[color, default: 0] > 50, "\(series) in \(isDark ? "dark" : "light")")
    }
    let paper = try #require(Picture.Color(css: seen.paper))
    let area = (seen.chart[2] - seen.chart[0]) * (seen.chart[3] - seen.chart[1])
    #expect(pixels[paper, default: 0] > area / 2)
    #expect((paper.red < 128) == isDark)
  }
}
