// SPDX-License-Identifier: Apache-2.0

/// Typed looks at payload bytes, shared by owned frames and views.
enum FrameElements {
  /// Lends `payload` as elements, in place when it is aligned for them.
  ///
  /// Bytes beyond the last whole element (only padded strides leave any) are left out.
  static func lend<Element: FrameElement, R>(
    _ payload: RawSpan, _ dtype: DataType, as type: Element.Type,
    _ body: (Span<Element>) throws(SerializationError) -> R
  ) throws(SerializationError) -> R {
    guard type.matches(dtype) else { throw .mismatch(wanted: type.dataType.name, dtype) }
    // Any other bit pattern in a Bool is undefined behaviour.
    if type is Bool.Type, !payload.isAllBelow(2) {
      throw .malformed("bool", "an element is neither 0 nor 1")
    }
    let count = payload.byteCount / MemoryLayout<Element>.stride
    guard count > 0 else { return try body([Element]().span) }
    // The buffer is used only while `payload` is borrowed.
    return try unsafe payload.withUnsafeBytes { (source) throws(SerializationError) -> R in
      let whole = unsafe UnsafeRawBufferPointer(
        rebasing: source[..<(count * MemoryLayout<Element>.stride)])
      let address = Int(bitPattern: whole.baseAddress)
      if address % MemoryLayout<Element>.alignment == 0 {
        let elements = unsafe whole.bindMemory(to: Element.self)
        return try body(unsafe Span(_unsafeElements: elements))
      }
      let copy = unsafe [Element](unsafeUninitializedCapacity: count) { target, initialized in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: whole)
        initialized = count
      }
      return try body(copy.span)
    }
  }
}

extension RawSpan {
  /// Whether every byte is less than `limit`.
  func isAllBelow(_ limit: UInt8) -> Bool {
    unsafe withUnsafeBytes { unsafe $0.allSatisfy { $0 < limit } }
  }
}
