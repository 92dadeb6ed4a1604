// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

extension Frame {
  /// What a view of this frame's encoding would say; its metadata is read from the frame itself.
  public var header: FrameHeader {
    FrameHeader(
      checkedDtype: dtype, shape: Dimensions(shape) ?? Dimensions(),
      strides: explicitStrides.flatMap { Dimensions($0) },
      timestampNanoseconds: timestampNanoseconds, metadataRange: 0..<0)
  }

  /// Lends the payload to `body` without copying it.
  public func withPayload<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try body(bytes.bytes)
  }
}
