// SPDX-License-Identifier: Apache-2.0

extension DataType {
  /// The name as in NumPy: `uint8`, `complex128`, `datetime64[ns]`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .datetime64(let unit): "datetime64[\(unit.text)]"
    case .bytes: "bytes"
    case .string: "string"
    }
  }

  /// The type with a ``name``; nil if there is none.
  public init?(name: String) {
    switch name {
    case "bool": self = .bool
    case "int8": self = .int8
    case "int16": self = .int16
    case "int32": self = .int32
    case "int64": self = .int64
    case "uint8": self = .uint8
    case "uint16": self = .uint16
    case "uint32": self = .uint32
    case "uint64": self = .uint64
    case "float16": self = .float16
    case "float32": self = .float32
    case "float64": self = .float64
    case "complex64": self = .complex64
    case "complex128": self = .complex128
    case "bytes": self = .bytes
    case "string": self = .string
    default:
      guard name.hasPrefix("datetime64["), name.hasSuffix("]") else { return nil }
      let text = name.dropFirst("datetime64[".count).dropLast()
      guard let unit = TimeUnit(String(text)) else { return nil }
      self = .datetime64(unit)
    }
  }
}

extension DataType: CustomStringConvertible {
  /// The ``name``.
  public var description: String { name }
}
