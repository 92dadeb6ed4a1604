// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing
import Topology

@testable import Harness

/// A run of every class of a machine, with numbers that its placements alone decide.
enum SampleMatrix {
  static let shape = "package:2 l3:1 [numa(memory=4GB)] core:2 pu:1"

  static func run(
    all: Bool = false, on machine: Machine, verified: Bool? = true
  ) throws -> Run {
    let classes = machine.placementClasses()
    let matrix = try MatrixJob(classes, on: machine, all: all, cellsPerPlacement: 4)
    let text = matrix.yaml(
      stores: ["shm"], serializer: "large", sizes: ["64B", "64KiB"], waits: ["spin"])
    var catalog = Catalog.sample
    catalog.placementPresets = PlacementPreset.allCases.map(\.rawValue)
    let job = try Job(yaml: text, source: "matrix", catalog: catalog)
    let plan = try Plan(job, catalog: catalog) { cell in
      guard let outcome = try? Seating.resolve(cell.placement, on: machine),
        case .unavailable(let reason) = outcome
      else { return nil }
      return reason
    }
    let sample = try SampleRun.run(SampleRun.small)
    var run = Run(
      header: RunHeader(
        id: "m-1", plan: plan.noting(matrix.notes), started: "2026-01-02T03:04:05Z",
        command: ["weir", "matrix"], job: text),
      build: sample.build, machine: sample.machine, clock: sample.clock, roofline: sample.roofline)
    for cell in plan.cells {
      let samples = (0..<(cell.skip == nil ? cell.launches : 0)).map { launch in
        var record = SampleRun.record(cell, launch: launch)
        record.placement?.verified = verified
        return record
      }
      run.record(RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown))
    }
    return run
  }
}

@Suite struct PlacementMatrixTests {
  private let machine: Machine

  init() throws { machine = try Machine(synthetic: SampleMatrix.shape) }

  @Test func aSeriesPerKindAndSizeAndABlockPerHome() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(on: machine)))
    #expect(matrix.series.count == 4, "ping-pong and stream, two sizes")
    for series in matrix.series {
      #expect(series.segments == ["producer", "node:1", "customer"])
      #expect(series.producers == ["core:0.pu:0"])
      #expect(series.customers == ["core:0.pu:0", "core:1.pu:0", "core:2.pu:0"])
      // Alone, beside, across; memory at both or remote, at the one or the other: 2 + 2 + 2.
      #expect(series.entries.count == 6)
    }
    let groups = matrix.series[0].entries.map(\.cell.cell.group)
    #expect(groups == machine.placementClasses().classes.map(\.name))
  }

  @Test func allPlacementsFillTheGrid() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(all: true, on: machine)))
    let series = matrix.series[0]
    #expect(series.segments == ["node:0", "node:1"])
    #expect(series.producers.count == 4 && series.customers.count == 4)
    #expect(series.entries.count == 4 * 4 * 2)
    for map in matrix.heatMaps { #expect(map.cells.flatMap { $0 }.allSatisfy { $0 != nil }) }
  }

  @Test func aRunOfOnePlacementIsNoMatrix() throws {
    #expect(PlacementMatrix(try SampleRun.run()) == nil)
  }

  @Test func heatGoesFromTheBestToTheWorstOfItsKind() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(all: true, on: machine)))
    for series in matrix.series {
      let pairs = try series.entries.map { entry in
        (try #require(entry.value).value, try #require(series.heat(of: entry)))
      }.sorted { $0.0 < $1.0 }
      let heats = pairs.map(\.1)
      #expect(heats.allSatisfy { (0...1).contains($0) })
      #expect(heats == (series.first.measuresTime ? heats.sorted() : heats.sorted(by: >)))
    }
  }

  @Test func aStoredRunShowsTheSameMatrix() throws {
    let run = try SampleMatrix.run(on: machine)
    let stored = try Run(json: run.json(), source: "matrix.json")
    let plain = TerminalStyle(color: false)
    #expect(
      Report(stored).matrixDocument().terminal(plain)
        == Report(run).matrixDocument().terminal(plain))
    #expect(stored.reanalysed() == stored)
  }

  @Test func valuesAreTextWithAndWithoutColour() throws {
    let document = Report(try SampleMatrix.run(all: true, on: machine)).matrixDocument()
    let plain = document.terminal(TerminalStyle(color: false))
    let colored = document.terminal(TerminalStyle(color: true))
    #expect(!plain.contains("\u{1b}"))
    #expect(colored.contains("\u{1b}[30;48;5;"))
    let stripped = colored.replacingOccurrences(
      of: "\u{1b}\\[[0-9;]*m", with: "", options: .regularExpression)
    func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    #expect(words(stripped) == words(plain))
    #expect(plain.contains("segment: node:1"))
    #expect(plain.contains("p50 latency, RTT/2"))
    #expect(!document.markdown().contains("\u{1b}"))
  }

  @Test func whatTheMachineLacksIsListedWithItsReason() throws {
    let small = try Machine(synthetic: "package:1 l3:1 [numa(memory=4GB)] core:2 pu:1")
    let run = try SampleMatrix.run(on: small)
    let skipped = run.cells.filter { $0.status == .skipped }
    #expect(skipped.map(\.cell.group) == Array(repeating: "cross-node", count: 4))
    let text = Report(run).matrixDocument().terminal(TerminalStyle(color: false))
    #expect(text.contains("cross-node needs 2 NUMA nodes with CPUs, this machine has 1"))
  }

  @Test func unverifiedCellsAreMarkedInTextAndHatched() throws {
    let sure = try #require(PlacementMatrix(SampleMatrix.run(on: machine)))
    let unsure = try #require(PlacementMatrix(SampleMatrix.run(on: machine, verified: nil)))
    #expect(!sure.svgFragment().contains("class=\"hatch\""))
    let fragment = unsure.svgFragment()
    let cells = unsure.series.reduce(0) { $0 + $1.entries.count }
    #expect(fragment.components(separatedBy: "class=\"hatch\"").count - 1 == cells)
    let text = Report(unsure.run).matrixDocument().terminal(TerminalStyle(color: false))
    #expect(text.contains("]?"))
    #expect(text.contains("placement could not be verified"))
  }

  @Test func theFragmentIsOneElementThatReachesNothingOutside() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(on: machine)))
    let fragment = matrix.svgFragment()
    #expect(fragment.hasPrefix("<svg ") && fragment.hasSuffix("</svg>\n"))
    #expect(XMLParser(data: Data(fragment.utf8)).parse())
    for word in ["<script", "href", "url(", "@import", "id=\""] {
      #expect(!fragment.contains(word))
    }
    let style = try #require(fragment.firstRange(of: "<style>"))
    let end = try #require(fragment.firstRange(of: "</style>"))
    let rules = fragment[style.upperBound..<end.lowerBound].split(separator: "\n")
    #expect(rules.allSatisfy { $0.hasPrefix(".weir ") })
  }

  @Test func thePictureNamesTheEdgesThatWereMeasured() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(on: machine)))
    let edges = matrix.edges(on: machine)
    #expect(edges.map { [$0.from, $0.to] } == [[0, 0], [0, 1], [0, 2]])
    #expect(edges.allSatisfy { $0.label.contains(" · ") && $0.label.contains("B/s") })
    let svg = matrix.svg(on: machine)
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    for edge in edges { #expect(svg.contains(">\(edge.label)</text>")) }
    #expect(svg.contains("package 0") && svg.contains("NUMA 1"))
  }

  /// By hwloc's words: initiators are the CPUs of each node, targets its memories.
  @Test func memoryAttributesCoverEveryNodePair() throws {
    let matrix = try #require(PlacementMatrix(SampleMatrix.run(on: machine)))
    let classes = machine.placementClasses()
    let attributes = matrix.memoryAttributes(on: machine, classes: classes)
    #expect(attributes.count == 2 * 2 * 2, "two kinds, two initiators, two targets")
    #expect(Set(attributes.map(\.initiator)) == [[0, 1], [2, 3]])
    let latency = try #require(
      matrix.series.first { $0.first.measuresTime && $0.first.size.bytes == 64 })
    let local = try #require(
      latency.entries.first { $0.cell.cell.group == "same-l3/at-both" }?.value)
    let exported = attributes.filter { $0.kind == .latency && $0.target == 1 }
    // The second node's own memory is the class of the first node's own.
    let second = try #require(exported.first { $0.initiator == [2, 3] })
    #expect(second.value == UInt64(local.value.rounded()))
    let unsure = try #require(PlacementMatrix(SampleMatrix.run(on: machine, verified: false)))
    #expect(unsure.memoryAttributes(on: machine, classes: classes).isEmpty)
  }
}
