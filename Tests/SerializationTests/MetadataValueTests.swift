// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct MetadataValueTests {
  @Test func equalityIsByBits() {
    #expect(MetadataValue.double(.nan) == .double(.nan))
    #expect(MetadataValue.double(0.0) != .double(-0.0))
    #expect(MetadataValue.int(1) != .double(1))
    #expect(MetadataValue.int(1) != .bool(true))
    #expect(Set([MetadataValue.double(.nan), .double(.nan), .null]).count == 2)
  }

  @Test func codableNamesTheKind() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let value: MetadataValue = [nil, 1, 1.0, "a", ["k": true], .double(-0.0)]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    #expect(
      text == #"{"array":[{"null":true},{"int":1},{"double":1},{"string":"a"},"#
        + #"{"map":{"k":{"bool":true}}},{"doubleBits":-9223372036854775808}]}"#)
    #expect(try JSONDecoder().decode(MetadataValue.self, from: Data(text.utf8)) == value)
  }

  @Test(arguments: [
    "{}", #"{"int":1,"bool":true}"#, #"{"other":1}"#, "1", #"{"int":"1"}"#, #"{"int":true}"#,
    #"{"bool":1}"#, #"{"int":9223372036854775808}"#,
  ])
  func strangeJSONIsRefused(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(MetadataValue.self, from: Data(text.utf8))
    }
  }

  @Test(arguments: ["array", "map"])
  func deepJSONIsRefused(kind: String) {
    let open = kind == "array" ? #"{"array":["# : #"{"map":{"k":"#
    let close = kind == "array" ? "]}" : "}}"
    for levels in [40, 120, 5000] {
      let text =
        String(repeating: open, count: levels) + #"{"int":1}"#
        + String(repeating: close, count: levels)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(MetadataValue.self, from: Data(text.utf8))
      }
    }
  }
}
