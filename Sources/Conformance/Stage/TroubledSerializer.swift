// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization

/// The raw serializer with one fault: item 2 is refused.
struct TroubledSerializer: Serializer {
  enum Fault: String, CaseIterable {
    /// When encoding, after the store has reserved the room.
    case encodeSized = "check-encode-sized"
    /// When encoding, where only that tells the size.
    case encodeUnsized = "check-encode-unsized"
    case decode = "check-decode"
  }

  static let refused = 2
  static let refusal = SerializationError(
    .unsupportedValue, "item \(refused) is refused; send another")

  let fault: Fault
  var name: String { fault.rawValue }
  let throughputClass: ThroughputClass? = nil
  let capabilities: SerializerCapabilities = [.viewDecoding]

  /// Makes them known in this process; also when they are already.
  static func register() {
    for fault in Fault.allCases {
      try? SerializerRegistry.standard.register(TroubledSerializer(fault: fault))
    }
  }

  func encodedByteCount(of frame: Frame) -> Int? {
    fault == .encodeUnsized ? nil : frame.bytes.count
  }

  func encode(
    _ frame: Frame, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int {
    if fault != .decode, frame.timestampNanoseconds == Int64(Self.refused) { throw Self.refusal }
    return try RawSerializer().encode(frame, into: &destination)
  }

  func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    let frame = try RawSerializer().decode(bytes)
    if fault == .decode, Specimen.number(of: frame) == Self.refused { throw Self.refusal }
    return frame
  }

  func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    _ = try decode(bytes)
    return try RawSerializer().withView(of: bytes, body)
  }
}
