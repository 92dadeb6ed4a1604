// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

/// Hostile bytes give an error or a valid frame, never a crash.
@Suite struct FuzzTests {
  @Test(arguments: frameSerializerNames, [1 as UInt64, 2, 3])
  func mutatedFramesNeverCrash(name: String, seed: UInt64) throws {
    func check(_ serializer: some Serializer) throws {
      var generator = SeededGenerator(seed: seed)
      let seeds = try [
        FrameSamples.frame(.uint8, [16]),
        FrameSamples.frame(.datetime64(.days), [2, 3], strides: [8, 16]),
        FrameSamples.frame(.float32, [2], metadata: FrameSamples.flatMetadata),
        FrameSamples.frame(.int16, [3, 0, 2], metadata: FrameSamples.deepMetadata),
      ].map { try serializer.encoded($0) }
      var accepted = 0
      for round in 0..<4000 {
        var bytes = seeds[round % seeds.count]
        for _ in 0...Int.random(in: 0..<3, using: &generator) { bytes.mutate(&generator) }
        guard let frame = decodeAllWays(serializer, bytes) else { continue }
        accepted += 1
        // What was accepted is a frame like any other.
        #expect(try serializer.decode(try serializer.encoded(frame)) == frame)
      }
      // Payload bytes carry no structure, so some mutations must pass, and most others must not.
      #expect(accepted > 0)
      #expect(accepted < 4000)
    }
    try check(try serializer(name))
  }

  /// Decodes as a frame and as a view; both must agree on whether header and payload are sound.
  private func decodeAllWays(_ serializer: some Serializer, _ bytes: [UInt8]) -> Frame? {
    let span = bytes.span.bytes
    let viewed = try? serializer.withView(of: span) { header, payload in
      _ = try? serializer.decodeMetadata(of: header, in: span)
      return payload.withUnsafeBytes { Data($0) }
    }
    guard let frame = try? serializer.decode(bytes) else { return nil }
    #expect(viewed == frame.bytes)
    return frame
  }

  @Test(arguments: ["plist", "json"])
  func mutatedValuesNeverCrash(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var generator = SeededGenerator(seed: 4)
      var buffer = EncodeBuffer()
      let value = Record(
        ["one": [1.5, -2], "two": []], timestampNanoseconds: 5, metadata: FrameSamples.deepMetadata)
      try serializer.encode(value: value, into: &buffer)
      let original = buffer.array
      var refused = 0
      for _ in 0..<4000 {
        var bytes = original
        for _ in 0...Int.random(in: 0..<3, using: &generator) { bytes.mutate(&generator) }
        let type = Record<[String: [Double]]>.self
        let decoded = try? serializer.decode(type, from: bytes.span.bytes)
        if decoded == nil { refused += 1 }
      }
      #expect(refused > 0)
    }
    try check(try serializer(name))
  }

  @Test func mutatedErrorsNeverCrash() throws {
    var generator = SeededGenerator(seed: 5)
    var buffer = EncodeBuffer()
    SerializationError(.remote, "message", nearestMatch: "near", remoteCause: "cause")
      .encode(into: &buffer)
    let original = buffer.array
    var refused = 0
    for _ in 0..<4000 {
      var bytes = original
      bytes.mutate(&generator)
      if (try? SerializationError(receivedFrom: bytes.span.bytes)) == nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test(arguments: frameSerializerNames)
  func randomBytesAreRefused(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var generator = SeededGenerator(seed: 6)
      for length in 0..<300 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(throws: SerializationError.self) { try serializer.decode(bytes) }
      }
    }
    try check(try serializer(name))
  }
}

extension [UInt8] {
  /// Changes the bytes in one of the ways that break parsers.
  mutating func mutate(_ generator: inout SeededGenerator) {
    guard !isEmpty else { return }
    let position = Int.random(in: indices, using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: self[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: self[position] = .random(in: 0...255, using: &generator)
    case 2: self[position] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
    case 3: removeLast(Int.random(in: 0...count, using: &generator))
    case 4: remove(at: position)
    case 5: insert(.random(in: 0...255, using: &generator), at: position)
    default:
      // A length or an offset at the edge of what fits its field.
      let word: UInt64 =
        [0, .max, 1 << 63, 0x7FFF_FFFF, UInt64(count), UInt64(count) + 1]
        .randomElement(using: &generator) ?? 0
      for byte in 0..<8 where position + byte < count {
        self[position + byte] = UInt8(truncatingIfNeeded: word >> (8 * UInt64(byte)))
      }
    }
  }
}
