// SPDX-License-Identifier: Apache-2.0

/// What one element of a ``Frame`` is.
public enum DataType: Hashable, Sendable {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float16, float32, float64
  /// Two `float32`: real, imaginary.
  case complex64
  /// Two `float64`: real, imaginary.
  case complex128
  /// An `int64` count of units since 1970-01-01.
  case datetime64(TimeUnit)
  /// Opaque bytes; one element is one byte.
  case bytes
  /// UTF-8 text; one element is one code unit.
  case string

  /// The bytes of one element.
  @inlinable public var itemByteCount: Int {
    switch self {
    case .bool, .int8, .uint8, .bytes, .string: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64, .datetime64: 8
    case .complex128: 16
    }
  }

  /// The number that stands for the type in every binary layout; never 0.
  @inlinable var wireCode: UInt8 {
    switch self {
    case .bool: 1
    case .int8: 2
    case .int16: 3
    case .int32: 4
    case .int64: 5
    case .uint8: 6
    case .uint16: 7
    case .uint32: 8
    case .uint64: 9
    case .float16: 10
    case .float32: 11
    case .float64: 12
    case .complex64: 13
    case .complex128: 14
    case .datetime64: 15
    case .bytes: 16
    case .string: 17
    }
  }

  /// The wire code of `datetime64`, the only type that carries a unit.
  @inlinable static var datetimeWireCode: UInt8 { 15 }

  /// The type for a code from a wire; nil if there is none, or the unit is missing or uncalled for.
  @inlinable init?(wireCode: UInt8, packedUnit: UInt64) {
    if wireCode == Self.datetimeWireCode {
      guard let unit = TimeUnit(packed: packedUnit) else { return nil }
      self = .datetime64(unit)
      return
    }
    guard packedUnit == 0 else { return nil }
    switch wireCode {
    case 1: self = .bool
    case 2: self = .int8
    case 3: self = .int16
    case 4: self = .int32
    case 5: self = .int64
    case 6: self = .uint8
    case 7: self = .uint16
    case 8: self = .uint32
    case 9: self = .uint64
    case 10: self = .float16
    case 11: self = .float32
    case 12: self = .float64
    case 13: self = .complex64
    case 14: self = .complex128
    case 16: self = .bytes
    case 17: self = .string
    default: return nil
    }
  }

  /// The unit's packed word; 0 for every type but `datetime64`.
  @inlinable var packedUnit: UInt64 {
    if case .datetime64(let unit) = self { unit.packed } else { 0 }
  }
}
