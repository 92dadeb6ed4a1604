// SPDX-License-Identifier: Apache-2.0

/// A Swift type whose memory is one element of a ``Frame``.
public protocol FrameElement: BitwiseCopyable, Sendable {
  /// The data type of an array of these.
  static var dataType: DataType { get }
  /// Whether elements of `dataType` can be read as this type.
  static func matches(_ dataType: DataType) -> Bool
}

extension FrameElement {
  /// Whether `dataType` is this type's own.
  public static func matches(_ dataType: DataType) -> Bool { dataType == Self.dataType }
}

extension Bool: FrameElement {
  /// `bool`.
  public static var dataType: DataType { .bool }
}

extension Int8: FrameElement {
  /// `int8`.
  public static var dataType: DataType { .int8 }
}

extension Int16: FrameElement {
  /// `int16`.
  public static var dataType: DataType { .int16 }
}

extension Int32: FrameElement {
  /// `int32`.
  public static var dataType: DataType { .int32 }
}

extension Int64: FrameElement {
  /// `int64`.
  public static var dataType: DataType { .int64 }
  /// `int64`, and `datetime64` in any unit.
  public static func matches(_ dataType: DataType) -> Bool {
    if case .datetime64 = dataType { true } else { dataType == .int64 }
  }
}

extension UInt8: FrameElement {
  /// `uint8`.
  public static var dataType: DataType { .uint8 }
  /// Every type of one byte: they can all be looked at as bytes.
  public static func matches(_ dataType: DataType) -> Bool { dataType.itemByteCount == 1 }
}

extension UInt16: FrameElement {
  /// `uint16`.
  public static var dataType: DataType { .uint16 }
}

extension UInt32: FrameElement {
  /// `uint32`.
  public static var dataType: DataType { .uint32 }
}

extension UInt64: FrameElement {
  /// `uint64`.
  public static var dataType: DataType { .uint64 }
}

extension Float16: FrameElement {
  /// `float16`.
  public static var dataType: DataType { .float16 }
}

extension Float: FrameElement {
  /// `float32`.
  public static var dataType: DataType { .float32 }
}

extension Double: FrameElement {
  /// `float64`.
  public static var dataType: DataType { .float64 }
}
