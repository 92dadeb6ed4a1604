// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Frames that between them have every data type, layout and kind of metadata.
enum FrameSamples {
  static let dtypes: [DataType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
    .float64, .complex64, .complex128, .datetime64(.nanoseconds), .datetime64(.days),
    .datetime64(TimeUnit("25us") ?? .seconds), .bytes, .string,
  ]

  static let shapes: [[Int]] = [
    [], [0], [3, 0, 2], [1], [7], [2, 3], [2, 3, 4], [1, 2, 3, 4], [2, 1, 3, 2, 2],
    [1, 1, 1, 1, 1, 1, 1, 2],
  ]

  static let deepMetadata: [String: MetadataValue] = [
    "null": nil, "true": true, "false": false,
    "ints": [0, -1, 127, 128, 65_536, .int(.min), .int(.max)],
    "doubles": [
      0.5, 1.0, .double(-0.0), .double(.infinity), .double(-.infinity), .double(.nan),
      .double(Double(bitPattern: 0x7FF0_0000_0000_0001)), .double(.leastNonzeroMagnitude),
      .double(.greatestFiniteMagnitude), 0.1,
    ],
    "text": "plain", "empty": "", "größe 漢字 🛰": "Ünïcödé \u{0} \"\\/ \n 𝄞",
    "bytes": .bytes(Data([0, 255, 1, 254])), "no bytes": .bytes(Data()),
    "long": .string(String(repeating: "abc", count: 100)),
    "nested": ["list": [[[]], [nil, ["deep": [1, 2.5, "three"]]]], "map": [:]],
  ]

  static let flatMetadata: [String: MetadataValue] = ["camera": "left", "gain": 0.5, "index": 7]

  static func payload(_ byteCount: Int, of dtype: DataType, seed: UInt64) -> Data {
    var generator = SeededGenerator(seed: seed)
    let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    return Data(dtype == .bool ? bytes.map { $0 & 1 } : bytes)
  }

  static func frame(
    _ dtype: DataType, _ shape: [Int], strides: [Int]? = nil,
    metadata: [String: MetadataValue] = [:], timestampNanoseconds: Int64 = 1_700_000_000_123_456_789
  ) throws -> Frame {
    let byteCount = shape.reduce(dtype.itemByteCount, *)
    return try Frame(
      dtype: dtype, shape: shape, strides: strides, timestampNanoseconds: timestampNanoseconds,
      metadata: metadata, bytes: payload(byteCount, of: dtype, seed: UInt64(byteCount)))
  }

  /// Every shape of `dtype`, row-major and column-major, one padded, and one with metadata.
  static func frames(of dtype: DataType) throws -> [Frame] {
    var frames: [Frame] = []
    for shape in shapes {
      frames.append(try frame(dtype, shape))
      let strides = Frame.fortranStrides(shape: shape, dtype: dtype)
      frames.append(try frame(dtype, shape, strides: strides, metadata: flatMetadata))
    }
    let item = dtype.itemByteCount
    frames.append(
      try Frame(
        dtype: dtype, shape: [2, 3], strides: [item * 4, item], timestampNanoseconds: -1,
        metadata: deepMetadata, bytes: payload(item * 8, of: dtype, seed: 8)))
    frames.append(try frame(dtype, [5], timestampNanoseconds: 0))
    return frames
  }
}
