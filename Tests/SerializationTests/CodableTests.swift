// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

/// The small class carries any `Codable`.
@Suite struct CodableTests {
  struct Reading: Codable, Equatable {
    enum Kind: String, Codable { case raw, calibrated }
    var kind: Kind
    var values: [Double]
    var note: String?
    var blob: Data
    var nested: [String: [Int]]
    var when: Date
  }

  private let reading = Reading(
    kind: .calibrated, values: [0.1, -0.0, 1e300], note: nil, blob: Data([0, 255]),
    nested: ["ä": [1, 2]], when: Date(timeIntervalSinceReferenceDate: 1234.5))

  @Test(arguments: ["plist", "json", "small"])
  func valuesRoundTrip(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var buffer = EncodeBuffer()
      func pass<T: Codable & Equatable>(_ value: T) throws {
        try serializer.encode(value: value, into: &buffer)
        #expect(try buffer.withBytes { try serializer.decode(T.self, from: $0) } == value)
      }
      try pass(reading)
      try pass(
        Record(reading, timestampNanoseconds: -5, metadata: FrameSamples.deepMetadata))
      try pass([reading, reading])
      try pass(["key": Double.infinity])
      // Bare scalars, which a property list alone cannot carry.
      try pass(5)
      try pass(-0.5)
      try pass("text")
      try pass(true)
      try pass(try FrameSamples.frame(.float32, [2, 3], metadata: FrameSamples.deepMetadata))
    }
    try check(try serializer(name))
  }

  @Test(arguments: ["plist", "json"])
  func wrongTypesAreMalformed(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var buffer = EncodeBuffer()
      try serializer.encode(value: ["a": 1], into: &buffer)
      expectError(.malformed) {
        _ = try buffer.withBytes { try serializer.decode(Reading.self, from: $0) }
      }
      expectError(.malformed) {
        _ = try buffer.withBytes { try serializer.decode([String].self, from: $0) }
      }
    }
    try check(try serializer(name))
  }

  struct Refuser: Encodable {
    func encode(to encoder: any Encoder) throws {
      throw EncodingError.invalidValue(
        self, .init(codingPath: [], debugDescription: "refused on purpose"))
    }
  }

  @Test(arguments: ["plist", "json"])
  func refusalsCarryTheReason(name: String) throws {
    func check(_ serializer: some Serializer) throws {
      var buffer = EncodeBuffer()
      do {
        try serializer.encode(value: Refuser(), into: &buffer)
        Issue.record("should be refused")
      } catch {
        #expect(error.code == .unsupportedValue)
        #expect(error.message.contains("refused on purpose"))
      }
      // Nothing is poisoned.
      try serializer.encode(value: [1], into: &buffer)
      #expect(try buffer.withBytes { try serializer.decode([Int].self, from: $0) } == [1])
    }
    try check(try serializer(name))
  }
}
