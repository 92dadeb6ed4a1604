// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct FrameTests {
  @Test func stridesAreRowMajorByDefault() throws {
    let frame = try Frame(dtype: .int16, shape: [2, 3, 4], bytes: Data(count: 48))
    #expect(frame.strides == [24, 8, 2])
    #expect(frame.isRowMajor)
    #expect(Frame.fortranStrides(shape: [2, 3, 4], dtype: .int16) == [2, 4, 12])
    let explicit = try Frame(
      dtype: .int16, shape: [2, 3, 4], strides: [24, 8, 2], bytes: Data(count: 48))
    #expect(explicit == frame)
    let fortran = try Frame(
      dtype: .int16, shape: [2, 3, 4], strides: [2, 4, 12], bytes: Data(count: 48))
    #expect(!fortran.isRowMajor)
    #expect(fortran != frame)
  }

  @Test(
    arguments: [
      ([2, 3], nil, 23), ([2, 3], nil, 25), ([], nil, 0), ([0], nil, 4), ([-1], nil, 4),
      ([Int.max, 2], nil, 8), ([0, Int.max, 2], nil, 0), ([2, 3], [12], 24), ([2, 3], [4, 8], 23),
      ([2, 3], [16, 4], 27), ([2, 3], [-12, 4], 24), ([2, 3], [Int.max, 4], 24),
      ([2, 3], [4, Int.max], 24),
    ] as [([Int], [Int]?, Int)])
  func contradictionsAreRefused(shape: [Int], strides: [Int]?, byteCount: Int) {
    expectError(.invalidFrame) {
      _ = try Frame(dtype: .float32, shape: shape, strides: strides, bytes: Data(count: byteCount))
    }
  }

  @Test func paddedAndBroadcastStridesAreAccepted() throws {
    let padded = try Frame(
      dtype: .float32, shape: [2, 3], strides: [16, 4], bytes: Data(count: 28))
    #expect(padded.strides == [16, 4])
    let broadcast = try Frame(
      dtype: .float32, shape: [1000, 2], strides: [0, 4], bytes: Data(count: 8))
    #expect(broadcast.strides == [0, 4])
  }

  @Test func rankIsLimited() throws {
    let most = [Int](repeating: 1, count: Dimensions.maximumCount)
    #expect(try Frame(dtype: .uint8, shape: most, bytes: Data(count: 1)).shape == most)
    expectError(.limitExceeded) {
      _ = try Frame(dtype: .uint8, shape: most + [1], bytes: Data(count: 1))
    }
  }

  @Test func bytesAreNotCopied() throws {
    let data = Data(repeating: 1, count: 4096)
    let frame = try Frame(dtype: .uint8, shape: [4096], bytes: data)
    let before = data.withUnsafeBytes { $0.baseAddress }
    #expect(frame.bytes.withUnsafeBytes { $0.baseAddress } == before)
  }

  @Test func mutationLeavesOthersAlone() throws {
    let original = try Frame([1, 2, 3] as [UInt8])
    var changed = original
    changed.withMutableBytes { $0.storeBytes(of: 9, toByteOffset: 1, as: UInt8.self) }
    #expect(Array(changed.bytes) == [1, 9, 3])
    #expect(Array(original.bytes) == [1, 2, 3])
  }

  @Test func slicedDataIsAFrame() throws {
    let slice = Data([9, 9, 1, 2, 3, 4, 9])[2..<6]
    let frame = try Frame(dtype: .uint32, shape: [1], bytes: slice)
    try frame.withElements(of: UInt32.self) { #expect($0[0] == 0x0403_0201) }
    for name in frameSerializerNames {
      func check(_ serializer: some Serializer) throws {
        #expect(try serializer.decode(try serializer.encoded(frame)) == frame)
      }
      try check(try serializer(name))
    }
  }
}
