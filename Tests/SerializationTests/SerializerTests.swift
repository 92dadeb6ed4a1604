// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

/// What every serializer must do alike.
@Suite struct SerializerTests {
  @Test(arguments: frameSerializerNames, FrameSamples.dtypes)
  func everyFrameRoundTrips(name: String, dtype: DataType) throws {
    func check(_ serializer: some Serializer) throws {
      for frame in try FrameSamples.frames(of: dtype) {
        let bytes = try serializer.encoded(frame)
        #expect(try serializer.decode(bytes) == frame)
        if let known = serializer.encodedByteCount(of: frame) { #expect(known == bytes.count) }
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: FrameSamples.dtypes)
  func allClassesAgree(dtype: DataType) throws {
    for original in try FrameSamples.frames(of: dtype) {
      var frame = original
      for name in ["small", "medium", "large", "json"] {
        func pass(_ serializer: some Serializer) throws -> Frame {
          try serializer.decode(try serializer.encoded(frame))
        }
        frame = try pass(try serializer(name))
      }
      #expect(frame == original)
    }
  }

  @Test(arguments: frameSerializerNames)
  func viewsAgreeWithDecoding(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      for dtype in FrameSamples.dtypes {
        for frame in try FrameSamples.frames(of: dtype) {
          let bytes = try serializer.encoded(frame)
          let span = bytes.span.bytes
          try serializer.withView(of: span) { header, payload throws(SerializationError) in
            #expect(header.dtype == frame.dtype)
            #expect(Array(header.shape) == frame.shape)
            #expect(Array(header.strides) == frame.strides)
            #expect(header.isRowMajor == frame.isRowMajor)
            #expect(header.timestampNanoseconds == frame.timestampNanoseconds)
            #expect(payload.withUnsafeBytes { Data($0) } == frame.bytes)
            #expect(header.hasMetadata == !frame.metadata.isEmpty)
            #expect(try serializer.decodeMetadata(of: header, in: span) == frame.metadata)
            let inside = span.byteOffsets(of: payload) != nil
            if serializer.capabilities.contains(.viewDecoding) { #expect(inside) }
          }
        }
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames + ["raw"])
  func capabilitiesAreTrue(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      let frame = try FrameSamples.frame(
        .float32, [2, 3], strides: [4, 8], metadata: FrameSamples.deepMetadata)
      let bytes = try serializer.encoded(frame)
      let capabilities = serializer.capabilities
      #expect(capabilities.contains(.frames) == (try serializer.decode(bytes) == frame))
      #expect(
        capabilities.contains(.exactSizeKnown)
          == (serializer.encodedByteCount(of: frame) == bytes.count))
      let span = bytes.span.bytes
      let inside = try serializer.withView(of: span) { span.byteOffsets(of: $1) != nil }
      #expect(capabilities.contains(.viewDecoding) == inside)
      var buffer = EncodeBuffer()
      let carries = (try? serializer.encode(value: ["a": [1]], into: &buffer)) != nil
      #expect(capabilities.contains(.codable) == carries)
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames)
  func oneMebibyteRoundTrips(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      let frame = try FrameSamples.frame(
        .float32, [256, 1024], metadata: FrameSamples.flatMetadata)
      #expect(try serializer.decode(try serializer.encoded(frame)) == frame)
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames)
  func floatBitsSurvive(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      let bits: [UInt32] = [0x7FC1_2345, 0xFF80_0001, 0x8000_0000, 0x7F80_0000, 0x0000_0001]
      let bytes = bits.withUnsafeBytes { Data($0) }
      let frame = try Frame(dtype: .float32, shape: [5], bytes: bytes)
      let decoded = try serializer.decode(try serializer.encoded(frame))
      try decoded.withElements(of: Float.self) { elements in
        #expect((0..<5).map { elements[$0].bitPattern } == bits)
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames)
  func everyTruncationIsMalformed(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      for frame in [
        try FrameSamples.frame(.int16, [2, 3], metadata: FrameSamples.deepMetadata),
        try FrameSamples.frame(.datetime64(.days), [0]), try FrameSamples.frame(.uint8, []),
      ] {
        let bytes = try serializer.encoded(frame)
        for length in bytes.indices {
          let part = Array(bytes[..<length])
          expectError(.malformed, .invalidFrame) { _ = try serializer.decode(part) }
          expectError(.malformed, .invalidFrame) {
            try serializer.withView(of: part.span.bytes) { _, _ in }
          }
        }
        expectError(.malformed) { _ = try serializer.decode(bytes + [1]) }
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames + ["raw"])
  func tooSmallNamesTheSize(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      let frame = try FrameSamples.frame(.int16, [2, 3], metadata: FrameSamples.flatMetadata)
      let byteCount = try serializer.encoded(frame).count
      for length in 0..<byteCount {
        var memory = [UInt8](repeating: 0xAA, count: length)
        var elements = memory.mutableSpan
        var span = elements.mutableBytes
        do {
          _ = try serializer.encode(frame, into: &span)
          Issue.record("\(length) bytes should not suffice")
        } catch {
          #expect(error.code == .tooSmall)
          #expect(error.neededByteCount == byteCount)
        }
      }
      var memory = [UInt8](repeating: 0xAA, count: byteCount + 3)
      var elements = memory.mutableSpan
      var span = elements.mutableBytes
      #expect(try serializer.encode(frame, into: &span) == byteCount)
      #expect(Array(memory[byteCount...]) == [0xAA, 0xAA, 0xAA])
      if serializer.capabilities.contains(.frames) {
        #expect(try serializer.decode(Array(memory[..<byteCount])) == frame)
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: frameSerializerNames)
  func metadataNestsToTheLimit(name: String) throws {
    func nested(_ levels: Int, _ wrap: (MetadataValue) -> MetadataValue) -> MetadataValue {
      (1..<levels).reduce(MetadataValue.int(1)) { value, _ in wrap(value) }
    }
    func check(_ serializer: some Serializer) throws {
      for wrap in [{ MetadataValue.array([$0]) }, { MetadataValue.map(["k": $0]) }] {
        let deepest = nested(MetadataValue.maximumDepth, wrap)
        let frame = try FrameSamples.frame(.uint8, [1], metadata: ["deep": deepest])
        #expect(try serializer.decode(try serializer.encoded(frame)) == frame)
        expectError(.limitExceeded) {
          _ = try FrameSamples.frame(.uint8, [1], metadata: ["deep": wrap(deepest)])
        }
      }
    }
    try check(try serializer(name))
  }

  @Test(arguments: ["protobuf", "tensor", "raw"])
  func onlySmallCarriesAnyCodable(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var buffer = EncodeBuffer()
      do {
        try serializer.encode(value: [1, 2], into: &buffer)
        Issue.record("should be refused")
      } catch {
        #expect(error.code == .unsupportedValue)
        #expect(error.message.contains("small"))
      }
      expectError(.unsupportedValue) {
        _ = try serializer.decode([Int].self, from: [1].span.bytes)
      }
    }
    try check(try serializer(name))
  }
}
