// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Testing

@testable import Topology

/// Counts the elements of well-formed XML.
private final class ElementCounter: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]
  var forbidden = 0

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    if attributes["class"]?.split(separator: " ").contains("forbidden") == true { forbidden += 1 }
  }

  static func read(_ text: String) throws -> ElementCounter {
    let counter = ElementCounter()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = counter
    guard parser.parse() else { throw FixtureFailure() }
    return counter
  }
}

@Suite struct MachineSVGTests {
  @Test(arguments: Shape.all + ["package:2 numa:4 l3:2 core:8 pu:2"])
  func isWellFormedWithABoxPerObject(shape: String) throws {
    let machine = try Machine(synthetic: shape)
    let svg = machine.svg()
    let elements = try ElementCounter.read(svg)
    let objects = ObjectKind.allCases.map { machine.objects(of: $0).count }.reduce(0, +)
    #expect(elements.counts["svg"] == 1)
    #expect(elements.counts["rect"] == objects + 1, "one more for the background")
    #expect(elements.forbidden == 0)
    for word in ["<script", "href", "url(", "@import"] { #expect(!svg.contains(word)) }
  }

  @Test func forbiddenPUsAndMemoryWithoutCPUsAreDrawn() throws {
    let narrow = try machine(Shape.twoByTwo, allowedMask: "0x0000ff00")
    #expect(try ElementCounter.read(narrow.svg()).forbidden == 24)
    #expect(try machineWithCPULessNode().svg().contains("no CPUs"))
  }

  @Test func textFromOutsideIsEscaped() throws {
    #expect(
      SVGCanvas.escaped("<a b='c'>&\"\u{1}\n\u{FFFF}")
        == "&lt;a b=&apos;c&apos;&gt;&amp;&quot;\u{FFFD} \u{FFFD}")
    let machine = try machine(Shape.small) {
      $0.replacingOccurrences(
        of: "<object type=\"Package\"([^>]*)>",
        with:
          "<object type=\"Package\"$1><info name=\"CPUModel\" value=\"A&lt;/svg&gt; &amp; B\"/>",
        options: .regularExpression)
    }
    #expect(machine.cpuModel == "A</svg> & B")
    #expect(try ElementCounter.read(machine.svg()).counts["svg"] == 1)
  }

  @Test func thisSystemIsDrawn() throws {
    let elements = try ElementCounter.read(Machine.current().svg())
    #expect((elements.counts["rect"] ?? 0) > 1)
  }
}
