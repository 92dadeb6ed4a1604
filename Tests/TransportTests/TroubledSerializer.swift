// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import TransportPeer

/// The raw serializer with one fault, registered under the fault's name.
struct TroubledSerializer: Serializer {
  enum Fault: String, CaseIterable {
    /// Item 2 cannot be encoded; sizes are known beforehand, so the store has reserved the room.
    case encodeSized = "test-encode-sized"
    /// Item 2 cannot be encoded; sizes are not known beforehand.
    case encodeUnsized = "test-encode-unsized"
    /// Item 2 cannot be decoded.
    case decode = "test-decode"
    /// The size of odd items is not known beforehand.
    case oddUnsized = "test-odd-unsized"
  }

  let fault: Fault
  var name: String { fault.rawValue }
  let throughputClass: ThroughputClass? = nil
  let capabilities: SerializerCapabilities = [.viewDecoding]
  static let refusal = SerializationError(.unsupportedValue, "item 2 is refused; send another")

  /// Registers all of them, once.
  static let isRegistered: Bool = {
    for fault in Fault.allCases {
      try? SerializerRegistry.standard.register(TroubledSerializer(fault: fault))
    }
    return true
  }()

  private func number(_ frame: Frame) -> Int { Int(frame.timestampNanoseconds) }

  func encodedByteCount(of frame: Frame) -> Int? {
    switch fault {
    case .encodeSized, .decode: frame.bytes.count
    case .encodeUnsized: nil
    case .oddUnsized: number(frame) % 2 == 1 ? nil : frame.bytes.count
    }
  }

  func encode(
    _ frame: Frame, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int {
    if (fault == .encodeSized || fault == .encodeUnsized) && number(frame) == 2 {
      throw Self.refusal
    }
    return try RawSerializer().encode(frame, into: &destination)
  }

  func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    let frame = try RawSerializer().decode(bytes)
    if fault == .decode, Payload.matches(bytes, 2) { throw Self.refusal }
    return frame
  }

  func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    if fault == .decode, Payload.matches(bytes, 2) { throw Self.refusal }
    return try RawSerializer().withView(of: bytes, body)
  }

  static func frame(_ number: Int, count: Int) throws -> Frame {
    try Frame(
      dtype: .uint8, shape: [count], timestampNanoseconds: Int64(number),
      bytes: Payload.bytes(number, count: count))
  }
}
