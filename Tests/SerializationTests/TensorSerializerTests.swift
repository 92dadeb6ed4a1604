// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct TensorSerializerTests {
  private let serializer = TensorSerializer()

  @Test func goldenBytes() throws {
    let frame = try Frame(
      dtype: .float32, shape: [2], timestampNanoseconds: 0x0102_0304_0506_0708,
      metadata: ["k": .int(-2)], bytes: Data([0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]))
    let header: [UInt8] = [
      0x57, 0x54, 0x4E, 0x53, 1, 11, 1, 0,  // magic, version, float32, rank, flags
      8, 7, 6, 5, 4, 3, 2, 1,  // timestamp
      56, 0, 0, 0, 18, 0, 0, 0,  // metadata offset and length
      128, 0, 0, 0, 0, 0, 0, 0,  // payload offset
      8, 0, 0, 0, 0, 0, 0, 0,  // payload length
      56, 0, 0, 0, 0, 0, 0, 0,  // header length, zero
      2, 0, 0, 0, 0, 0, 0, 0,  // shape
    ]
    let metadata: [UInt8] = [
      1, 0, 0, 0, 1, 0, 0, 0, 0x6B, 2, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ]
    let padding = [UInt8](repeating: 0, count: 128 - 56 - 18)
    let golden = header + metadata + padding + [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]
    #expect(try serializer.encoded(frame) == golden)
    #expect(try serializer.decode(golden) == frame)
  }

  @Test func goldenStridesAndUnit() throws {
    let frame = try Frame(
      dtype: .datetime64(.nanoseconds), shape: [1, 2], strides: [8, 8], bytes: Data(count: 16))
    let bytes = try serializer.encoded(frame)
    // [8, 8] is column-major: neither row-major nor the default.
    #expect(bytes[5..<8] == [15, 2, 1])
    let stride: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 0]
    #expect(Array(bytes[64..<88]) == stride + stride + [0x6E, 0x73, 0, 0, 0, 0, 0, 0])
  }

  @Test func tinyFramesAreTwoCacheLines() throws {
    let frame = try Frame([UInt8](repeating: 1, count: 64))
    #expect(serializer.encodedByteCount(of: frame) == 128)
  }

  @Test func oldMemoryDoesNotLeak() throws {
    let frame = try Frame([1] as [UInt8], metadata: ["a": nil])
    var memory = [UInt8](repeating: 0xAA, count: 256)
    var elements = memory.mutableSpan
    var span = elements.mutableBytes
    let byteCount = try serializer.encode(frame, into: &span)
    #expect(Array(memory[..<byteCount]) == (try serializer.encoded(frame)))
    #expect(!memory[..<byteCount].contains(0xAA))
  }

  @Test(arguments: [
    (0, 0x58), (4, 2), (5, 0), (5, 18), (5, 15), (6, 2), (6, 200), (7, 1), (7, 2), (16, 57),
    (20, 1), (24, 0), (24, 128), (31, 0x80), (32, 9), (39, 0xFF), (40, 48), (44, 1), (48, 9),
    (55, 0x80),
  ])
  func everyFieldIsChecked(offset: Int, value: UInt8) throws {
    var bytes = try serializer.encoded(try Frame([1, 2, 3, 4, 5, 6, 7, 8] as [UInt8]))
    bytes[offset] = value
    expectError(.malformed, .invalidFrame, .limitExceeded) { _ = try serializer.decode(bytes) }
  }

  @Test(
    arguments: [
      [2, 0, 0, 0], [1, 0, 0, 0, 9, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 8],
      [1, 0, 0, 0, 0, 0, 0, 0, 1, 2], [1, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0], [0, 0, 0, 0, 0],
      [0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0, 0, 0, 0, 0, 6, 0xFF, 0xFF, 0xFF, 0xFF],
      [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] as [[UInt8]])
  func badMetadataIsRefusedLazily(section: [UInt8]) throws {
    var bytes = try serializer.encoded(try Frame(dtype: .uint8, shape: [0], bytes: Data()))
    // 56 bytes of header leave 8 before the payload; move that behind the section.
    bytes = Array(bytes[..<56]) + section
    bytes += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
    bytes[20] = UInt8(section.count)
    bytes[24] = UInt8(bytes.count)
    let span = bytes.span.bytes
    try serializer.withView(of: span) { header, _ in
      expectError(.malformed) { _ = try serializer.decodeMetadata(of: header, in: span) }
    }
    expectError(.malformed) { _ = try serializer.decode(bytes) }
  }

  @Test func headersOfOtherBytesAreRefused() throws {
    let frame = try Frame([1] as [UInt8], metadata: FrameSamples.deepMetadata)
    let bytes = try serializer.encoded(frame)
    let header = try serializer.withView(of: bytes.span.bytes) { header, _ in header }
    for name in ["tensor", "protobuf", "plist"] {
      func check(_ serializer: some Serializer) throws {
        let other = try serializer.encoded(try Frame([1] as [UInt8]))
        expectError(.malformed) {
          _ = try serializer.decodeMetadata(of: header, in: other.span.bytes)
        }
      }
      try check(try Serialization.SerializerRegistry.standard.serializer(named: name))
    }
  }
}
