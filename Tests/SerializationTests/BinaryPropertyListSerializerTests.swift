// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct BinaryPropertyListSerializerTests {
  private let serializer = BinaryPropertyListSerializer()

  @Test(arguments: FrameSamples.dtypes)
  func foundationReadsAndWritesTheSameFrames(dtype: DataType) throws {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    for frame in try FrameSamples.frames(of: dtype) {
      let direct = try serializer.encoded(frame)
      #expect(try PropertyListDecoder().decode(Frame.self, from: Data(direct)) == frame)
      #expect(try serializer.decode(Array(try encoder.encode(frame))) == frame)
    }
  }

  @Test func manyObjectsWidenReferences() throws {
    for count in [60, 90, 25_000] {
      let values = (0..<count).map { MetadataValue.int(Int64($0)) }
      let frame = try Frame([1] as [UInt8], metadata: ["many": .array(values)])
      let bytes = try serializer.encoded(frame)
      #expect(try serializer.decode(bytes) == frame)
      #expect(try PropertyListDecoder().decode(Frame.self, from: Data(bytes)) == frame)
    }
  }

  @Test func otherPropertyListsAreRefused() throws {
    var buffer = EncodeBuffer()
    for value in [["dtype": "uint8"], ["bytes": "text"], [:]] {
      try serializer.encode(value: value, into: &buffer)
      expectError(.malformed) { _ = try buffer.withBytes { try serializer.decode($0) } }
    }
    try serializer.encode(value: [1], into: &buffer)
    expectError(.malformed) { _ = try buffer.withBytes { try serializer.decode($0) } }
    let xml = PropertyListEncoder()
    xml.outputFormat = .xml
    let text = try xml.encode(try Frame([1] as [UInt8]))
    expectError(.malformed) { _ = try serializer.decode(Array(text)) }
  }

  /// A list whose items are all references to the next list: 2 bytes a level, endless when read.
  @Test func sharedObjectsDoNotExplode() throws {
    var deepest: MetadataValue = .int(1)
    // Few enough levels that no object number looks like the marker sought below.
    let levels = 24
    for _ in 0..<levels { deepest = .array([deepest, .int(2)]) }
    let frame = try Frame([1] as [UInt8], metadata: ["bomb": deepest])
    var bytes = try serializer.encoded(frame)
    // In each two-item array (marker 0xA2) make the second reference equal the first.
    var arrays = 0
    for position in bytes.indices.dropLast(2) where bytes[position] == 0xA2 {
      bytes[position + 2] = bytes[position + 1]
      arrays += 1
    }
    #expect(arrays == levels)
    expectError(.malformed) { _ = try serializer.decode(bytes) }
  }

  @Test func cyclesEnd() throws {
    let frame = try Frame([1] as [UInt8], metadata: ["loop": [7]])
    var bytes = try serializer.encoded(frame)
    let array = try #require(bytes.lastIndex(of: 0xA1))
    // Objects in preorder: an array's item is the next one, its own map is two before it.
    bytes[array + 1] -= 3
    expectError(.limitExceeded, .malformed) { _ = try serializer.decode(bytes) }
  }
}
