// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct PlotTests {
  @Test func drawsEachMetric() throws {
    let plots = Plot.all(of: try SampleRun.run())
    #expect(
      plots.map(\.name) == [
        "stream-closed-park-1p1c-throughput", "stream-closed-park-1p1c-messages",
        "stream-closed-park-1p1c-latency", "pingpong-closed-park-1p1c-latency",
      ])
    #expect(plots[0].remark == "without list: nothing is copied")
    #expect(!plots[0].lines.contains { $0.label == "list small" })
    #expect(plots[0].lines.last?.label == "memcpy (roof)")
    #expect(plots[3].lines.last?.label == "futex ping-pong")
    #expect(plots[0].source.contains("Example CPU 9000"))
    #expect(plots[0].source.contains("0123456789"))
    let looks = plots[1].lines.map(\.look)
    #expect(Set(looks).count == looks.count)
  }

  @Test func oneSizeIsNoPicture() throws {
    #expect(Plot.all(of: try SampleRun.run(minimal("defaults: { launches: 6 }"))).isEmpty)
  }

  @Test func dataHoldsIntervals() throws {
    let plot = Plot(
      name: "n", title: "t", source: "s", remark: "", axis: "a", quantity: .time,
      lines: [
        .init(
          label: "shm large", look: .init(store: 0, serializer: 0),
          points: [.init(size: 64, value: 2, low: 1, high: 3)]),
        .init(label: "roof", look: .roof, points: [.init(size: 64, value: 1, low: 1, high: 1)]),
      ])
    #expect(plot.data == "# shm large\n64\t2.0\t1.0\t3.0\n\n\n# roof\n64\t1.0\t1.0\t1.0\n")
    #expect(plot.script().contains("'n.tsv' index 0 using 1:2:3:4 with yerrorlines"))
    #expect(plot.script().contains("set xtics (\"64B\" 64)"))
  }

  @Test func labelsDoNotOverlap() {
    let points = [48, 64, 4096, 65536].map { Plot.Point(size: $0, value: 1, low: 1, high: 1) }
    let plot = Plot(
      name: "n", title: "t", source: "s", remark: "", axis: "a", quantity: .time,
      lines: [.init(label: "shm", look: .roof, points: points)])
    #expect(
      plot.script().contains("set xtics (\"48B\" 48, \"\" 64, \"4KiB\" 4096, \"64KiB\" 65536)"))
  }

  @Test func namesCannotEndAString() {
    #expect(Plot.quoted("it's\n`x`") == "'it''s `x`'")
  }
}

@Suite struct PlotterTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func missingProgramNamesThePackage() {
    let error = #expect(throws: HarnessError.self) {
      try Plotter(environment: ["PATH": "/nowhere"])
    }
    #expect(error?.code == .tool)
    #expect(error?.description.contains("apt-get install gnuplot-nox") == true)
  }

  @Test(.enabled(if: (try? Plotter()) != nil, "gnuplot is not installed"))
  func rendersRealPictures() throws {
    try withDirectory { directory in
      let paths = try Plotter().render(run: SampleRun.run(), to: directory)
      #expect(paths.count == 4)
      for path in paths {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("<svg"))
        #expect(text.contains("</svg>"))
        #expect(text.contains("Example CPU 9000"))
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(names.count == 12, "no log is left behind")
    }
  }

  @Test func failuresCarryTheReason() throws {
    try withDirectory { directory in
      let bin = "\(directory)/bin"
      try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
      let fake = "#!/bin/sh\necho 'line 3: bad terminal' >&2\nexit 7\n"
      let made = FileManager.default.createFile(
        atPath: "\(bin)/gnuplot", contents: Data(fake.utf8), attributes: [.posixPermissions: 0o755])
      #expect(made)
      let plotter = try Plotter(environment: ["PATH": bin])
      let error = #expect(throws: HarnessError.self) {
        try plotter.render(run: SampleRun.run(), to: directory)
      }
      #expect(error?.description.contains("gnuplot failed (7): line 3: bad terminal") == true)
      let blocked = #expect(throws: HarnessError.self) {
        try plotter.render(run: SampleRun.run(), to: "\(bin)/gnuplot/x")
      }
      #expect(blocked?.code == .file)
    }
  }
}
