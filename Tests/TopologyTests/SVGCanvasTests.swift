// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct SVGCanvasTests {
  /// Machines whose summary is wider than their boxes once ran out of the picture.
  @Test(arguments: Shape.all + ["package:2 numa:2 l3:2 core:4 pu:2", "core:1 pu:1"])
  func everyTextFitsInThePicture(shape: String) throws {
    let svg = try Machine(synthetic: shape).svg()
    let width = try #require(number(after: "viewBox=\"0 0 ", svg))
    let texts = svg.components(separatedBy: "<text class=\"").dropFirst()
    #expect(!texts.isEmpty)
    for text in texts where !text.hasPrefix("centered") {
      let left = try #require(number(after: " x=\"", text))
      let content = text.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
      // DejaVu Sans Bold, a wide font, takes 6.7 units a character on average.
      #expect(Double(left) + Double(content.count) * 6.7 <= Double(width), "\(content)")
    }
  }

  @Test func aNumberStandsInTheMiddleOfItsBox() throws {
    let svg = try Machine(synthetic: "core:2 pu:1").svg()
    let boxes = svg.components(separatedBy: "<rect ").filter { $0.contains("PU 1, CPU 1") }
    let box = try #require(boxes.first)
    let left = try #require(number(after: "x=\"", box))
    let width = try #require(number(after: " width=\"", box))
    let label = box.components(separatedBy: "<text class=\"centered\"").dropFirst().first ?? ""
    #expect(number(after: " x=\"", label) == left + width / 2)
  }

  private func number(after prefix: String, _ text: String) -> Int? {
    guard let range = text.range(of: prefix) else { return nil }
    return Int(text[range.upperBound...].prefix { $0.isNumber })
  }
}
