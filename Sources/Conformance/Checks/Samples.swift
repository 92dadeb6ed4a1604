// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization
internal import Transport

/// Frames that between them have every data type, layout and kind of metadata.
extension Stage {
  private static let types: [DataType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
    .float64, .complex64, .complex128, .datetime64(.nanoseconds), .datetime64(.days), .bytes,
    .string,
  ]

  private static let shapes: [[Int]] = [
    [], [0], [3, 0, 2], [1], [7], [2, 3], [2, 3, 4], [1, 1, 1, 1, 1, 1, 1, 2],
  ]

  private static let metadata: [String: MetadataValue] = [
    "null": nil, "true": true, "false": false,
    "ints": [0, -1, 127, 128, 65_536, .int(.min), .int(.max)],
    "doubles": [
      0.5, .double(-0.0), .double(.infinity), .double(-.infinity), .double(.nan),
      .double(.leastNonzeroMagnitude), .double(.greatestFiniteMagnitude), 0.1,
    ],
    "text": "plain", "empty": "", "größe 漢字 🛰": "Ünïcödé \u{0} \"\\/ \n 𝄞",
    "bytes": .bytes(Data([0, 255, 1, 254])), "no bytes": .bytes(Data()),
    "nested": ["list": [[[]], [nil, ["deep": [1, 2.5, "three"]]]], "map": [:]],
  ]

  func frame(
    _ dtype: DataType, _ shape: [Int], _ bytes: Data, strides: [Int]? = nil, timestamp: Int64 = 0,
    metadata: [String: MetadataValue] = [:]
  ) throws(Violation) -> Frame {
    do throws(SerializationError) {
      return try Frame(
        dtype: dtype, shape: shape, strides: strides, timestampNanoseconds: timestamp,
        metadata: metadata, bytes: bytes)
    } catch {
      throw violation("a valid frame of \(dtype) \(shape)", "\(error)")
    }
  }

  /// Bytes that are valid elements of the type and tell positions apart.
  private func bytes(_ count: Int, of dtype: DataType) -> Data {
    var random = SeededRandom(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    switch dtype {
    case .bool: return Data(bytes.map { $0 & 1 })
    case .string: return Data(bytes.map { 0x20 + $0 % 0x5F })
    default: return Data(bytes)
    }
  }

  /// What is put, under a name for the report.
  func samples() throws(Violation) -> [(name: String, frame: Frame)] {
    var samples: [(String, Frame)] = []
    for dtype in Self.types {
      for shape in Self.shapes {
        let content = bytes(shape.reduce(dtype.itemByteCount, *), of: dtype)
        samples.append(
          ("\(dtype) \(shape)", try frame(dtype, shape, content, timestamp: Int64.min + 1)))
        let strides = Frame.fortranStrides(shape: shape, dtype: dtype)
        samples.append(
          (
            "\(dtype) \(shape) in Fortran order",
            try frame(dtype, shape, content, strides: strides, timestamp: .max)
          ))
      }
      let item = dtype.itemByteCount
      samples.append(
        (
          "\(dtype) [2, 3] padded, with metadata",
          try frame(
            dtype, [2, 3], bytes(item * 8, of: dtype), strides: [item * 4, item], timestamp: -1,
            metadata: Self.metadata)
        ))
    }
    for value in Self.metadata {
      samples.append(
        (
          "metadata '\(value.key)' alone",
          try frame(.uint8, [1], Data([7]), metadata: [value.key: value.value])
        ))
    }
    return samples
  }
}
