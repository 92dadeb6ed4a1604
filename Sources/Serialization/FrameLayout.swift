// SPDX-License-Identifier: Apache-2.0

/// The arithmetic between shape, strides and bytes, checked for overflow everywhere.
@usableFromInline
enum FrameLayout {
  /// The bytes of a packed array, or nil if it has a negative dimension or more bytes than `Int`.
  ///
  /// Dimensions of 0 count as 1 in the overflow check, as in NumPy, so that the strides of an empty
  /// array cannot overflow either.
  @inlinable
  static func packedByteCount(of shape: some Collection<Int>, itemByteCount: Int) -> Int? {
    var extent = itemByteCount
    var isEmpty = false
    for dimension in shape {
      guard dimension >= 0 else { return nil }
      if dimension == 0 { isEmpty = true }
      let (product, overflow) = extent.multipliedReportingOverflow(by: max(dimension, 1))
      guard !overflow else { return nil }
      extent = product
    }
    return isEmpty ? 0 : extent
  }

  /// The strides in bytes with the last index fastest; `shape` has passed ``packedByteCount``.
  static func rowMajorStrides(of shape: some BidirectionalCollection<Int>, itemByteCount: Int)
    -> [Int]
  {
    var strides: [Int] = []
    var step = itemByteCount
    for dimension in shape.reversed() {
      strides.append(step)
      step &*= max(dimension, 1)
    }
    return strides.reversed()
  }

  /// The strides in bytes with the first index fastest; `shape` has passed ``packedByteCount``.
  static func columnMajorStrides(of shape: some Collection<Int>, itemByteCount: Int) -> [Int] {
    var strides: [Int] = []
    var step = itemByteCount
    for dimension in shape {
      strides.append(step)
      step &*= max(dimension, 1)
    }
    return strides
  }

  /// One past the last byte a strided array touches, or nil if it starts before the first byte or
  /// ends beyond `Int`.
  @usableFromInline
  static func stridedByteCount(
    of shape: some Collection<Int>, strides: some Collection<Int>, itemByteCount: Int
  ) -> Int? {
    guard !shape.contains(0) else { return 0 }
    var end = itemByteCount
    for (dimension, stride) in zip(shape, strides) where dimension > 1 {
      guard stride >= 0 else { return nil }
      let (reach, overflow) = (dimension - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = end.addingReportingOverflow(reach)
      guard !overflow, !carry else { return nil }
      end = sum
    }
    return end
  }

  /// Throws ``SerializationError/Code-swift.enum/invalidFrame`` unless `byteCount` bytes hold
  /// exactly a packed array or, with other `strides`, at least every element they reach.
  @inlinable
  static func validate(
    dtype: DataType, shape: some BidirectionalCollection<Int>,
    strides: (some Collection<Int>)?, byteCount: Int
  ) throws(SerializationError) {
    guard let packed = packedByteCount(of: shape, itemByteCount: dtype.itemByteCount) else {
      throw invalidShape(Array(shape))
    }
    guard let strides else {
      if packed != byteCount { throw wrongByteCount(dtype, Array(shape), packed, byteCount) }
      return
    }
    try validateStrided(dtype, Array(shape), Array(strides), packed: packed, byteCount: byteCount)
  }

  @usableFromInline
  static func validateStrided(
    _ dtype: DataType, _ shape: [Int], _ strides: [Int], packed: Int, byteCount: Int
  ) throws(SerializationError) {
    guard strides.count == shape.count else {
      throw .invalidFrame(
        "\(strides.count) strides for \(shape.count) dimensions; give one stride per dimension")
    }
    let itemByteCount = dtype.itemByteCount
    if strides == rowMajorStrides(of: shape, itemByteCount: itemByteCount)
      || strides == columnMajorStrides(of: shape, itemByteCount: itemByteCount)
    {
      if packed != byteCount { throw wrongByteCount(dtype, shape, packed, byteCount) }
      return
    }
    let needed = stridedByteCount(of: shape, strides: strides, itemByteCount: itemByteCount)
    guard let needed, needed <= byteCount else {
      throw .invalidFrame(
        "strides \(strides) of shape \(shape) reach outside the \(byteCount) bytes; "
          + "use non-negative strides in bytes that stay inside")
    }
  }

  @inline(never) @usableFromInline
  static func invalidShape(_ shape: [Int]) -> SerializationError {
    .invalidFrame(
      "shape \(shape) has a negative dimension or more bytes than can be addressed; "
        + "use dimensions of 0 or more with a smaller product")
  }

  @inline(never) @usableFromInline
  static func wrongByteCount(_ dtype: DataType, _ shape: [Int], _ needed: Int, _ given: Int)
    -> SerializationError
  {
    .invalidFrame(
      "shape \(shape) of \(dtype) is \(needed) bytes but \(given) were given; "
        + "correct the shape or the bytes")
  }
}
