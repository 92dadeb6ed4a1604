// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import SwiftProtobuf
import Testing

@Suite struct ProtobufSerializerTests {
  private let serializer = ProtobufSerializer()

  @Test func goldenBytes() throws {
    let frame = try Frame(
      dtype: .datetime64(.nanoseconds), shape: [1, 300], strides: [8, 8],
      timestampNanoseconds: 0x0102_0304_0506_0708, metadata: ["k": .int(-2)],
      bytes: Data(count: 2400))
    let head: [UInt8] = [
      0x08, 15,  // dtype
      0x12, 2, 0x6E, 0x73,  // time_unit "ns"
      0x1A, 3, 1, 0xAC, 0x02,  // shape
      0x22, 2, 16, 16,  // strides, zigzag
      0x29, 8, 7, 6, 5, 4, 3, 2, 1,  // timestamp
      0x32, 7, 0x0A, 1, 0x6B, 0x12, 2, 0x10, 3,  // metadata entry "k": int_value -2
      0x3A, 0xE0, 0x12,  // bytes, 2400 of them
    ]
    let golden = head + [UInt8](repeating: 0, count: 2400)
    #expect(try serializer.encoded(frame) == golden)
    #expect(try serializer.decode(golden) == frame)
  }

  @Test(arguments: FrameSamples.dtypes)
  func generatedCodeWritesTheSameBytes(dtype: DataType) throws {
    for frame in try FrameSamples.frames(of: dtype) {
      let bytes = try serializer.encoded(frame)
      let message = try WireFrame(serializedBytes: bytes)
      #expect(message.bytes == frame.bytes)
      #expect(message.hasBytes)
      #expect(message.shape.map(Int.init) == frame.shape)
      #expect(message.strides.map(Int.init) == (frame.isRowMajor ? [] : frame.strides))
      #expect(message.timestampNs == frame.timestampNanoseconds)
      #expect(message.metadata.count == frame.metadata.count)
      let again: [UInt8] = try message.serializedBytes()
      #expect(try serializer.decode(again) == frame)
      // A map has no order, so only frames with at most one entry must agree byte for byte.
      if frame.metadata.isEmpty { #expect(again == bytes) }
    }
  }

  @Test func foreignFieldOrderIsRead() throws {
    // bytes, unknown fields of each wire type, unpacked shape, dtype twice.
    let message: [UInt8] = [
      0x3A, 2, 7, 8, 0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7A, 1, 0, 0x7D, 1, 2, 3, 4,
      0x18, 1, 0x18, 2, 0x08, 1, 0x08, 6,
    ]
    let frame = try serializer.decode(message)
    #expect(frame == (try Frame([7, 8] as [UInt8], shape: [1, 2])))
  }

  @Test(
    arguments: [
      [], [0x08, 6], [0x3A, 0], [0x08, 0, 0x3A, 0], [0x08, 18, 0x3A, 0], [0x08, 15, 0x3A, 0],
      [0x08, 6, 0x12, 1, 0x6E, 0x3A, 1, 0], [0x00, 0], [0x0B], [0x0C], [0x08, 0x86, 0x82, 0x01],
      [0x08, 6, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [0x08, 6, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x3A, 0],
      [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
      [0x08, 15, 0x12, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x3A, 0],
    ] as [[UInt8]])
  func malformedMessagesAreRefused(message: [UInt8]) {
    expectError(.malformed, .invalidFrame) { _ = try serializer.decode(message) }
  }

  @Test func rankIsLimited() {
    let message: [UInt8] = [0x08, 6, 0x1A, 9] + [UInt8](repeating: 1, count: 9) + [0x3A, 1, 0]
    expectError(.limitExceeded) { _ = try serializer.decode(message) }
  }

  @Test func badMetadataIsRefused() throws {
    // A metadata entry whose value claims more bytes than there are.
    let message: [UInt8] = [0x08, 6, 0x32, 4, 0x0A, 0, 0x12, 9, 0x3A, 1, 0]
    expectError(.malformed, .invalidFrame) { _ = try serializer.decode(message) }
  }
}
