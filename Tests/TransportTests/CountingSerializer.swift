// SPDX-License-Identifier: Apache-2.0
import Serialization
import Synchronization

@testable import Transport

/// The raw serializer, counting.
final class CountingSerializer: Serializer {
  let name: String
  let throughputClass: ThroughputClass? = nil
  let capabilities: SerializerCapabilities = [.viewDecoding]
  let encoded = Atomic(0)
  let decoded = Atomic(0)

  init(_ name: String) throws {
    self.name = name
    try SerializerRegistry.standard.register(self)
  }

  func encodedByteCount(of frame: Frame) -> Int? { frame.bytes.count }

  func encode(
    _ frame: Frame, into destination: inout MutableRawSpan
  ) throws(SerializationError) -> Int {
    encoded.add(1, ordering: .relaxed)
    return try RawSerializer().encode(frame, into: &destination)
  }

  func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame {
    decoded.add(1, ordering: .relaxed)
    return try RawSerializer().decode(bytes)
  }

  func withView<R>(
    of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    decoded.add(1, ordering: .relaxed)
    return try RawSerializer().withView(of: bytes, body)
  }
}
