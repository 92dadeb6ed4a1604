// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct FrameElementsTests {
  private func roundTrip<Element: FrameElement & Equatable>(_ values: [Element]) throws {
    let frame = try Frame(values, shape: [values.count / 2, 2])
    #expect(frame.dtype == Element.dataType)
    try frame.withElements(of: Element.self) { span in
      #expect(span.count == values.count)
      #expect(span.indices.map { span[$0] } == values)
    }
    // The same through a view.
    let serializer = TensorSerializer()
    let bytes = try serializer.encoded(frame)
    try serializer.withView(of: bytes.span.bytes) { header, payload throws(SerializationError) in
      try header.withElements(of: Element.self, in: payload) { span in
        #expect(span.indices.map { span[$0] } == values)
      }
    }
  }

  @Test func everyScalarType() throws {
    try roundTrip([true, false])
    try roundTrip([Int8.min, .max])
    try roundTrip([Int16.min, .max])
    try roundTrip([Int32.min, .max])
    try roundTrip([Int64.min, .max])
    try roundTrip([UInt8.min, .max])
    try roundTrip([UInt16.min, .max])
    try roundTrip([UInt32.min, .max])
    try roundTrip([UInt64.min, .max])
    try roundTrip([Float16(0.5), -.infinity])
    try roundTrip([Float(0.1), -.infinity])
    try roundTrip([0.1, -Double.infinity])
    try roundTrip([Complex<Float>(1, -2), Complex(0.5, 0)])
    try roundTrip([Complex<Double>(1, -2), Complex(0.5, 0)])
  }

  @Test func datetimesAreLabelledIntegers() throws {
    let frame = try Frame(datetimes: [1, -1], unit: .milliseconds)
    #expect(frame.dtype.name == "datetime64[ms]")
    try frame.withElements(of: Int64.self) { #expect($0[1] == -1) }
  }

  @Test func wrongTypesAreRefused() throws {
    let frame = try Frame([1, 2] as [Float])
    expectError(.typeMismatch) { try frame.withElements(of: Int32.self) { _ in } }
    expectError(.typeMismatch) { try frame.withElements(of: UInt8.self) { _ in } }
    expectError(.typeMismatch) { _ = try frame.text() }
  }

  @Test func strangeBoolsAreRefused() throws {
    let frame = try Frame(dtype: .bool, shape: [2], bytes: Data([1, 2]))
    expectError(.malformed) { try frame.withElements(of: Bool.self) { _ in } }
    try frame.withElements(of: UInt8.self) { #expect($0[1] == 2) }
  }

  @Test func misalignedPayloadsAreCopied() throws {
    let bytes: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    for skipped in 1...2 {
      let payload = bytes.span.bytes.extracting(skipped..<skipped + 8)
      let header = try FrameHeader(
        dtype: .uint64, shape: try #require(Dimensions([1])), strides: nil,
        timestampNanoseconds: 0, metadataRange: 0..<0, payloadByteCount: 8)
      try header.withElements(of: UInt64.self, in: payload) {
        #expect($0[0] == (skipped == 1 ? 1 : 0))
      }
    }
  }

  @Test func textIsChecked() throws {
    #expect(try Frame(text: "größe 🛰").text() == "größe 🛰")
    #expect(try Frame(text: "").shape == [0])
    let broken = try Frame(dtype: .string, shape: [2], bytes: Data([0xC3, 0x28]))
    expectError(.malformed) { _ = try broken.text() }
  }

  @Test func emptyFramesLendNothing() throws {
    try Frame([] as [Double]).withElements(of: Double.self) { #expect($0.count == 0) }
  }
}
