// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing
import Topology

extension RunTests {
  /// `weir matrix` on this machine.
  @Suite struct MatrixRunTests {
    @Test func thisMachineIsMeasuredDrawnAndExported() throws {
      let scratch = try Scratch()
      // Ends that sleep, so that two on one CPU need no time slice each to go on.
      let weir = try WeirProcess(
        [
          "matrix", "--allow-debug", "--size", "64B", "--wait", "park", "--launches", "1",
          "--measure", "20ms", "--warmup", "5ms", "--out", "m.json", "--svg", "m.svg", "--memattrs",
          "m.xml",
        ], in: scratch)
      #expect(weir.status == 9, "a debug build: \(weir.errors)")
      #expect(weir.output.contains("producer \\ customer") && weir.output.contains("core:0"))
      #expect(!weir.output.contains("\u{1b}"), "a file gets no colours")
      let run = try #require(
        try JSONSerialization.jsonObject(with: Data(scratch.text("m.json").utf8))
          as? [String: Any])
      #expect(run["schema"] as? String == "weir-run/1")
      let machine = try Machine.current()
      let classes = machine.placementClasses()
      let cells = try #require(run["cells"] as? [[String: Any]])
      let measured = cells.filter { $0["status"] as? String == "ok" }
      #expect(measured.count == 2 * classes.classes.count, "\(cells.compactMap { $0["reason"] })")
      #expect(XMLParser(data: Data(try scratch.text("m.svg").utf8)).parse())
      let exported = try Machine(xmlFile: scratch.path + "/m.xml")
      #expect(exported.fingerprint == machine.fingerprint)
      if !classes.nearestPairs().isEmpty {
        #expect(try scratch.text("m.xml").contains("<memattr name=\"Latency\""))
      }
      let report = try WeirProcess(["report", "m.json"], in: scratch)
      #expect(report.status == 0 && report.output.contains("producer \\ customer"))
      #expect(try WeirProcess(["reanalyze", "m.json"], in: scratch).status == 0)
    }
  }
}
