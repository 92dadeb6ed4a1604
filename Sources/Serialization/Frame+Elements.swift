// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Frame {
  /// Creates a row-major frame from `elements`; copies them once.
  ///
  /// - Parameter shape: One dimension of all elements when nil.
  /// - Throws: as the validating initialiser.
  public init<Element: FrameElement>(
    _ elements: [Element], shape: [Int]? = nil, timestampNanoseconds: Int64 = 0,
    metadata: [String: MetadataValue] = [:]
  ) throws(SerializationError) {
    // Data copies the buffer before the closure returns.
    let bytes = unsafe elements.withUnsafeBytes { unsafe Data($0) }
    try self.init(
      dtype: Element.dataType, shape: shape ?? [elements.count],
      timestampNanoseconds: timestampNanoseconds, metadata: metadata, bytes: bytes)
  }

  /// Creates a one-dimensional `datetime64` frame from counts of `unit` since 1970-01-01.
  ///
  /// - Throws: as the validating initialiser.
  public init(
    datetimes: [Int64], unit: TimeUnit, shape: [Int]? = nil, timestampNanoseconds: Int64 = 0,
    metadata: [String: MetadataValue] = [:]
  ) throws(SerializationError) {
    let bytes = unsafe datetimes.withUnsafeBytes { unsafe Data($0) }
    try self.init(
      dtype: .datetime64(unit), shape: shape ?? [datetimes.count],
      timestampNanoseconds: timestampNanoseconds, metadata: metadata, bytes: bytes)
  }

  /// Creates a one-dimensional `string` frame of the UTF-8 code units of `text`.
  ///
  /// - Throws: as the validating initialiser.
  public init(
    text: String, timestampNanoseconds: Int64 = 0, metadata: [String: MetadataValue] = [:]
  ) throws(SerializationError) {
    let bytes = Data(text.utf8)
    try self.init(
      dtype: .string, shape: [bytes.count], timestampNanoseconds: timestampNanoseconds,
      metadata: metadata, bytes: bytes)
  }

  /// The text of a `string` frame.
  ///
  /// - Throws: ``SerializationError`` with code `typeMismatch` for another data type, `malformed`
  ///   when the bytes are not UTF-8.
  public func text() throws(SerializationError) -> String {
    guard dtype == .string else { throw .mismatch(wanted: "text", dtype) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed("UTF-8", "the payload has invalid code units")
    }
    return text
  }

  /// Lends the elements in storage order to `body`; copies only when the payload is misaligned.
  ///
  /// - Throws: ``SerializationError`` with code `typeMismatch` when ``dtype`` is not
  ///   `Element`'s, `malformed` when a `bool` is neither 0 nor 1; and what `body` throws.
  public func withElements<Element: FrameElement, R>(
    of type: Element.Type, _ body: (Span<Element>) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    try FrameElements.lend(bytes.bytes, dtype, as: type, body)
  }
}

extension SerializationError {
  static func mismatch(wanted: String, _ dtype: DataType) -> SerializationError {
    SerializationError(
      .typeMismatch, "the elements are \(dtype), not \(wanted); ask for the type that dtype names")
  }
}
