// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing
import Topology

@Suite(.timeLimit(.minutes(2))) struct TopologyCommandTests {
  private static let described = ["topology", "--synthetic", SampleJob.machine]

  @Test func aDescribedMachineIsDrawnWithItsPlacements() throws {
    let weir = try WeirProcess(Self.described)
    #expect(weir.status == 0)
    #expect(weir.errors.isEmpty)
    #expect(weir.output.contains("2 packages, 4 NUMA nodes, 16 cores, 32 PUs"))
    #expect(weir.output.contains("core:0.pu:0 (CPU 0) -> core:4.pu:0 (CPU 8): cross node"))
    #expect(weir.output.contains("same-l3          unavailable: same-l3 needs an L3 cache"))
    #expect(weir.output.contains("thread-binding   this is a described machine"))
  }

  @Test func thisMachineIsDrawn() throws {
    let weir = try WeirProcess(["topology"])
    #expect(weir.status == 0)
    #expect(weir.output.contains("this system"))
    #expect(weir.output.contains("placement presets:"))
  }

  @Test(arguments: [40, 72, 100])
  func thePictureKeepsTheWidth(width: Int) throws {
    let shape = "package:2 numa:1 core:2 pu:1"
    let weir = try WeirProcess(["topology", "--synthetic", shape, "--width", "\(width)", "--ascii"])
    let boxes = weir.output.split(separator: "\n").filter { "+|".contains($0.first ?? " ") }
    #expect(!boxes.isEmpty)
    #expect(boxes.allSatisfy { $0.count <= width && $0.allSatisfy(\.isASCII) })
  }

  @Test func jsonHoldsTheMachineAsARecord() throws {
    let weir = try WeirProcess(Self.described + ["--json"])
    let json = try weir.json
    #expect(json["schema"] as? String == "weir-topology/1")
    let record = try JSONSerialization.data(withJSONObject: #require(json["machine"]))
    let machine = try JSONDecoder().decode(Machine.self, from: record)
    #expect(machine.fingerprint == (try Machine(synthetic: SampleJob.machine)).fingerprint)
    let presets = try #require(json["presets"] as? [[String: Any]])
    #expect(presets.map { $0["name"] as? String } == PlacementPreset.allCases.map(\.rawValue))
    for preset in presets {
      let isUnavailable = preset["unavailable_reason"] is String
      #expect(isUnavailable == (preset["seats"] is NSNull), "unknown is null")
    }
  }

  @Test func theSVGIsWholeAndReplacesAnOlderFile() throws {
    let scratch = try Scratch()
    try scratch.write("old", to: "machine.svg")
    let weir = try WeirProcess(Self.described + ["--svg", "machine.svg"], in: scratch)
    #expect(weir.status == 0)
    #expect(weir.errors == "drew machine.svg\n")
    #expect(try scratch.names == ["machine.svg"], "no temporary file stays")
    #expect(XMLParser(data: Data(try scratch.text("machine.svg").utf8)).parse())
  }

  /// Renaming a new file over it would take it away from everybody.
  @Test func aFileThatIsNoRegularOneIsWrittenThrough() throws {
    let scratch = try Scratch()
    try scratch.write("old", to: "real.svg")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link.svg", withDestinationPath: "real.svg")
    _ = try WeirProcess(Self.described + ["--svg", "link.svg"], in: scratch)
    #expect(try scratch.text("real.svg").hasPrefix("<?xml"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path + "/link.svg")
        == "real.svg")
  }

  @Test func anXMLFileOfAnotherMachineIsRead() throws {
    let scratch = try Scratch()
    try scratch.write(try Machine(synthetic: SampleJob.machine).xml(), to: "machine.xml")
    let weir = try WeirProcess(["topology", "--xml", "machine.xml"], in: scratch)
    #expect(weir.status == 0)
    #expect(weir.output.contains("xml machine.xml"))
  }
}
